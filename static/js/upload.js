// Uploads a file as an asset, and says so.

import { post } from "./api.js";
import { say } from "./words.js";
import { toast } from "./frame/toast-list.js";

/** Send a file to the team's gallery as a reference; resolves to the asset, or to null where it was refused. parent: the asset
 * that it was made from. */
export async function upload(file, team, { parent = null } = {}) {
  const form = new FormData();
  form.append("file", file);
  if (team) form.append("team", team);
  if (parent) form.append("parent", parent);
  toast(say("upload_wait", { name: file.name }), { stays: 2500 });
  try {
    const asset = await post("assets", form);
    toast(say("upload_done", { name: file.name }));
    return asset;
  } catch (problem) {
    toast(problem.status === 0 || problem.document?.detail ? `${file.name}: ${problem.message}` : say("upload_wrong", { name: file.name }), { wrong: true });
    return null;
  }
}
