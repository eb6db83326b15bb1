// Forms that a passkey answers: <form data-passkey="create|get" data-options="address">. On submit the studio is asked for
// its question, the browser lets the person's device answer it, and the answer goes along as the field `answer`.

import { api } from "./api.js";

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const withBytes = (keys) => keys?.map((key) => ({ ...key, id: bytes(key.id) }));

/** The studio's question in the browser's terms. */
function question({ publicKey }) {
  const asked = { ...publicKey, challenge: bytes(publicKey.challenge) };
  if (asked.user) asked.user = { ...asked.user, id: bytes(asked.user.id) };
  if (asked.excludeCredentials) asked.excludeCredentials = withBytes(asked.excludeCredentials);
  if (asked.allowCredentials) asked.allowCredentials = withBytes(asked.allowCredentials);
  return { publicKey: asked };
}

/** The device's answer as JSON. */
function answer({ id, rawId, type, response }) {
  const said = { clientDataJSON: text(response.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[part]) said[part] = text(response[part]);
  }
  return JSON.stringify({ id, rawId: text(rawId), type, response: said });
}

async function ask(form) {
  const options = question(await api(form.dataset.options, { method: "POST" }));
  form.elements.answer.value = answer(await navigator.credentials[form.dataset.passkey](options));
  form.submit();
}

// A key belongs to a name; an address in numbers has none.
if (window.PublicKeyCredential && /[a-z]/i.test(location.hostname)) {
  document.getElementById("no-passkeys")?.remove();
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    const failed = form.querySelector("[role=alert]");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      failed.hidden = true;
      try {
        await ask(form);
      } catch {
        failed.hidden = false;
      }
    });
  }
}
