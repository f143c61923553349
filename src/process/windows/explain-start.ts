import path from "node:path";
import type { StartPlan, StartRequest } from "../start/start-plan.ts";
import { noResources, SpawnError } from "../start/spawn-error.ts";
import { MAX_PATH } from "./command-line.ts";

/** What it means that Windows did not start a command that was found. The codes are libuv's (`src/win/error.c`). */
export function explainOnWindows({ file }: StartPlan, asked: StartRequest, error: unknown): SpawnError {
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? "UNKNOWN";
  const name = JSON.stringify(path.win32.basename(asked.file));
  const shortage = noResources(code);
  if (shortage !== undefined) return shortage;
  if (code === "EFTYPE") {
    const message = `the command ${name} was found but is not a program of a kind that this Windows runs (${code})`;
    return new SpawnError("not_executable", code, message);
  }
  if (code === "EACCES" || code === "EPERM") {
    const why = "it may need an administrator, or a policy or a virus scanner forbids it";
    return new SpawnError(
      "not_executable",
      code,
      `Windows refused to start the command ${name} (${code}): ${why}`,
    );
  }
  if (code === "ENAMETOOLONG")
    return new SpawnError("too_large", code, `its command line or a path is too long (${code})`);
  if (asked.cwd.length > MAX_FOLDER) {
    const message = `its working folder has ${asked.cwd.length} characters and Windows takes at most ${MAX_FOLDER} (${code})`;
    return new SpawnError("other", code, message);
  }
  if (file.length > MAX_PATH) {
    const message = `the path of the command ${name} has ${file.length} characters, and Windows could not start it (${code})`;
    return new SpawnError("other", code, message);
  }
  return new SpawnError("other", code, `the command ${name} was found but could not be started (${code})`);
}

/** A process's working folder has a backslash at its end, and no prefix makes it longer ("SetCurrentDirectory function"). */
const MAX_FOLDER = MAX_PATH - 1;
