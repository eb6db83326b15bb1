// A draft outlives a reload: kept on this device, by team and tool.

const key = (team, tool) => `draft:${team}:${tool}`;
const OLD = 30 * 86_400_000;

/** What was being written, or null: {inputs, count, matrix}. */
export function readDraft(team, tool) {
  try {
    const draft = JSON.parse(localStorage.getItem(key(team, tool)));
    return draft && Date.now() - draft.at < OLD ? draft : null;
  } catch {
    return null;
  }
}

export function keepDraft(team, tool, draft) {
  try {
    localStorage.setItem(key(team, tool), JSON.stringify({ ...draft, at: Date.now() }));
  } catch {
    // a full or forbidden storage costs the draft, not the page
  }
}

export function dropDraft(team, tool) {
  try {
    localStorage.removeItem(key(team, tool));
  } catch {
    // nothing was kept
  }
}
