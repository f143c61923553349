import type { StartPlan, StartRequest } from "../start/start-plan.ts";
import { SpawnError } from "../start/spawn-error.ts";
import { batchLine, MAX_BATCH_LINE, MAX_PATH } from "./command-line.ts";
import { envValue } from "./environment.ts";

/** Why cmd.exe cannot run this batch file as it was asked to. Otherwise it would run something else, or with other arguments. */
export function batchProblem(
  name: string,
  file: string,
  args: readonly string[],
  asked: StartRequest,
): SpawnError | undefined {
  const broken = args.findIndex((arg) => /[\r\n]/.test(arg));
  if (broken !== -1) {
    // A script's interpreter takes more arguments than were asked for; they come first, and hold no line break.
    const number = broken + 1 - (args.length - asked.args.length);
    const why = `cmd.exe, which runs the batch file ${name}, ends a command there`;
    return refused(`argument ${number} holds a line break, and ${why}; ${INSTEAD}`);
  }
  if (/^[\\/]{2}/.test(asked.cwd)) {
    const why = "cmd.exe would run it in the Windows folder; give the network folder a drive letter";
    return refused(`the batch file ${name} cannot run in a network folder: ${why}`);
  }
  if (file.length > MAX_PATH) {
    const limit = `cmd.exe takes at most ${MAX_PATH}`;
    return refused(`the path of the batch file ${name} has ${file.length} characters and ${limit}`);
  }
  const { length } = batchLine(file, args);
  if (length <= MAX_BATCH_LINE) return undefined;
  const limit = `cmd.exe, which runs ${name}, takes at most ${MAX_BATCH_LINE}`;
  const message = `the command line has ${length} characters and ${limit}; ${INSTEAD}`;
  return new SpawnError("too_large", "E2BIG", message);
}

const refused = (message: string): SpawnError => new SpawnError("other", "EINVAL", message);

const INSTEAD = "send the text over stdin, or run the program behind the batch file itself";

/** How cmd.exe runs a batch file with arguments for which there is no `batchProblem`. */
export function planBatch(
  file: string,
  args: readonly string[],
  env: StartPlan["env"],
): Omit<StartPlan, "detached"> {
  const line = batchLine(file, args);
  const root = envValue(process.env, "SystemRoot") ?? "C:\\Windows";
  return {
    file: envValue(process.env, "ComSpec") || `${root}\\System32\\cmd.exe`,
    // /d: no AutoRun commands of the registry. /e:on and /v:off: `%cd:~,%` has a meaning and `!x!` has none, although the registry may
    // say otherwise. /s: /c runs what is between the first and the last quote.
    args: ["/d", "/e:on", "/v:off", "/s", "/c", line],
    env,
    windowsVerbatimArguments: true,
  };
}
