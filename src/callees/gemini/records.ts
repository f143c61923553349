import { mkdtemp, readFile, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { readFinishReasons, type FinishReasons } from "./finish-reasons.ts";

const VARIABLES = "GEMINI_TELEMETRY_";

type Environment = Readonly<Record<string, string | undefined>>;

/** gemini's own records of a run, in a folder that only this user can read. */
export interface RunRecords {
  readonly env: Environment;
  read(): Promise<FinishReasons | undefined>;
  /** Never fails. */
  remove(): Promise<void>;
}

/**
 * Asks gemini for its records (OpenTelemetry, to a file), without prompts and answers: only they tell that an answer was cut off at
 * the output limit or by a filter. They hold gemini's settings and its system prompt, so they go with the run.
 *
 * Where telemetry is only turned off, this leaves it so: the records go to this file alone.
 *
 * @param given the environment of the call
 * @returns `undefined` where the user has turned gemini's telemetry on, or names it in `given`: theirs stays as it is
 */
export async function runRecords(given: Environment, cwd: string): Promise<RunRecords | undefined> {
  if (await hasOwnTelemetry(given, cwd)) return undefined;
  const folder = await mkdtemp(path.join(tmpdir(), "hardcall-gemini-"));
  const file = path.join(folder, "records");
  return {
    env: {
      GEMINI_TELEMETRY_ENABLED: "true",
      GEMINI_TELEMETRY_TARGET: "local",
      GEMINI_TELEMETRY_OUTFILE: file,
      GEMINI_TELEMETRY_LOG_PROMPTS: "false",
      GEMINI_TELEMETRY_TRACES_ENABLED: "false",
    },
    read: () => readFinishReasons(file),
    // A folder of the system's for temporary files is emptied by the system: what stays behind is no failure of the call.
    remove: () => rm(folder, { recursive: true, force: true }).catch(() => undefined),
  };
}

async function hasOwnTelemetry(given: Environment, cwd: string): Promise<boolean> {
  if (Object.keys(given).some((name) => name.startsWith(VARIABLES) && given[name] !== undefined)) return true;
  const env = { ...process.env, ...given };
  // As gemini reads it: the variable comes before the settings, and any other value turns it off.
  const flag = env[`${VARIABLES}ENABLED`];
  if (flag !== undefined) return flag === "true" || flag === "1";
  const files = await Promise.all(
    settingsFiles(env, cwd).map((file) => readFile(file, "utf8").catch(() => "")),
  );
  return files.some(mayTurnOn);
}

/** Settings may hold comments, so they are not parsed. In doubt they turn telemetry on: that only costs the check. */
function mayTurnOn(settings: string): boolean {
  return settings
    .split('"telemetry"')
    .slice(1)
    .some((rest) => {
      const inside = /^\s*:\s*\{([^{}/]*)\}/.exec(rest)?.[1];
      return inside === undefined || /"enabled"\s*:(?!\s*false\b)/.test(inside);
    });
}

/** Where gemini 0.61.0 reads its settings. */
function settingsFiles(env: Environment, cwd: string): string[] {
  const system = env["GEMINI_CLI_SYSTEM_SETTINGS_PATH"] ?? SYSTEM[process.platform] ?? SYSTEM["linux"]!;
  const defaults =
    env["GEMINI_CLI_SYSTEM_DEFAULTS_PATH"] ?? path.join(path.dirname(system), "system-defaults.json");
  const home = env["GEMINI_CLI_HOME"] ?? env["HOME"] ?? homedir();
  return [system, defaults, ...[home, cwd].map((folder) => path.join(folder, ".gemini", "settings.json"))];
}

const SYSTEM: Readonly<Record<string, string>> = {
  darwin: "/Library/Application Support/GeminiCli/settings.json",
  linux: "/etc/gemini-cli/settings.json",
  win32: "C:\\ProgramData\\gemini-cli\\settings.json",
};
