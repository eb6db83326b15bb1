// What the page of Create was given, and small ways that its parts share.

import { handed } from "../dom.js";

export const page = handed("create-page") ?? {};

/** Put ?job= or ?batch= into the address, so that a reload shows the same. */
export function remember(kind, id) {
  const url = new URL(location.href);
  for (const key of ["job", "batch", "asset"]) url.searchParams.delete(key);
  if (id) url.searchParams.set(kind, id);
  history.replaceState(null, "", url);
}

export const asked = (key) => new URL(location.href).searchParams.get(key);
