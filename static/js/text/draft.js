// What is written and not saved, kept on this device, by the revision on which it was written.

const key = (asset) => `text:${asset}`;
const OLD = 90 * 86_400_000;

/** {text, title, at}, or null. */
export function readDraft(asset) {
  try {
    const draft = JSON.parse(localStorage.getItem(key(asset)));
    return draft && Date.now() - draft.at < OLD ? draft : null;
  } catch {
    return null;
  }
}

/** Keep it; false where this device cannot. */
export function keepDraft(asset, draft) {
  try {
    localStorage.setItem(key(asset), JSON.stringify({ ...draft, at: Date.now() }));
    return true;
  } catch {
    return false;
  }
}

export function dropDraft(asset) {
  try {
    localStorage.removeItem(key(asset));
  } catch {
    // nothing was kept
  }
}
