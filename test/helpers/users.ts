import { spawnSync } from "node:child_process";
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
