import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, copyFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "./files.ts";

/** A user without a name and, apart from what a test starts, without a process. */
const UID = 40_000 + (process.pid % 20_000);

/** Before a command: runs it as that user. */
export const asUser = ["setpriv", `--reuid=${UID}`, `--regid=${UID}`, "--clear-groups"] as const;

/** Whether the tests run as root, and another user may read the project and run its Node. */
export const canBeAnotherUser =
  process.getuid?.() === 0 &&
  spawnSync(asUser[0], [...asUser.slice(1), process.execPath, "-e", ""], { cwd: ROOT, timeout: 30_000 })
    .status === 0 &&
  spawnSync(asUser[0], [...asUser.slice(1), "test", "-r", `${ROOT}/src/index.ts`], { timeout: 30_000 })
    .status === 0;

/** Puts a copy of a program of the system, with this mode, into a folder. */
export function programIn(folder: string, name: string, mode: number): string {
  const copy = path.join(folder, name);
  copyFileSync(execFileSync("which", [name], { encoding: "utf8", timeout: 20_000 }).trim(), copy);
  chmodSync(copy, mode);
  return copy;
}

/** What stands before a command so that any user runs it as root. It is put into this folder. */
export const becomesRoot = (folder: string): string =>
  `${programIn(folder, "setpriv", 0o4755)} --reuid=0 --regid=0 --clear-groups`;
