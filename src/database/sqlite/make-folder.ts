import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { isFolder } from "../../core/is-folder.ts";
import { errnoOf } from "../errors.ts";
import { makePrivateFolder } from "../windows/private-folder.ts";

/**
 * Makes a folder and those above it that are missing; each is tried once.
 *
 * Node's own `recursive: true` takes an ENOENT for a missing parent, and tries again once that parent exists. Below
 * `/proc` or a dangling link, where mkdir says ENOENT although the parent exists, it never ends and no signal is heard.
 *
 * @param mode of the folders that are made; one that exists is left as it is. Windows has no modes: with 0o700 only this user, the system
 *   and the administrators can open what is made
 * @throws the error of mkdir(2)
 */
export function makeFolder(path: string, mode = 0o777): void {
  if (isFolder(path)) return;
  const parent = dirname(path);
  if (parent !== path) makeFolder(parent, mode);
  try {
    if (mode !== 0o700 || !makePrivateFolder(path)) mkdirSync(path, { mode });
  } catch (error) {
    // Another process was faster.
    if (errnoOf(error) !== "EEXIST" || !isFolder(path)) throw error;
  }
}
