import { optionName } from "../../core/wording.ts";
import { isBlank } from "../../core/blank.ts";
import { readOptions, type Kinds } from "../../core/options.ts";
import { LedgerError } from "../../database/errors.ts";
import type { FingerprintParts } from "../../ledger/key/fingerprint.ts";

/** Which surroundings of a process belong to its fingerprint. */
export interface FingerprintOptions {
  /** Replaces the working folder in the fingerprint, for a folder whose name changes with each deployment. @default the folder itself */
  readonly cwd?: string | undefined;
  /** Names of environment variables whose values belong to the input. @default [] */
  readonly env?: readonly string[] | undefined;
}

const KINDS: Kinds<FingerprintOptions> = { cwd: "a string", env: "a list of strings" };

/** The options of a process that its fingerprint depends on. */
export interface FingerprintedOptions {
  readonly cwd?: string | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  readonly fingerprint?: FingerprintOptions | undefined;
}

/** One sentence without full stop for each problem of the options. */
export function fingerprintProblems(given: unknown): string[] {
  if (given === undefined) return [];
  const problems: string[] = [];
  const { cwd, env = [] } = readOptions<FingerprintOptions>(given, KINDS, problems);
  return [
    ...problems.map((problem) => `fingerprint: ${problem}`),
    ...(cwd !== undefined && isBlank(cwd)
      ? [`${optionName("fingerprint.cwd")} is blank; give a name for the folder, or leave it out`]
      : []),
    ...env.flatMap((name, index) =>
      isBlank(name) || /[=\0]/.test(name)
        ? [
            `value ${index + 1} of ${optionName("fingerprint.env")} is not the name of an environment variable`,
          ]
        : [],
    ),
  ];
}

/**
 * The parts of a fingerprint that every process has: its command, its folder, and the variables that are named. The rest of the
 * environment stays out: with a token or session id that changes, no repeat would match its first call.
 *
 * @throws LedgerError `invalid_config` when the working folder is gone
 */
export function processParts(
  file: string,
  { cwd, env, fingerprint }: FingerprintedOptions,
): FingerprintParts {
  const variables = { ...process.env, ...env };
  const named = (fingerprint?.env ?? []).map((name) => [`environment ${name}`, variables[name] ?? null]);
  return {
    command: file,
    folder: fingerprint?.cwd ?? folderOf(cwd),
    ...(Object.fromEntries(named) as FingerprintParts),
  };
}

/** The real path, because a symbolic link may lead to another folder tomorrow. */
function folderOf(cwd: string | undefined): string {
  // Loaded here and not above: few calls have a key, and node:fs is a quarter of what loading all of hardcall costs.
  const { realpathSync } = process.getBuiltinModule("node:fs");
  try {
    return realpathSync(cwd ?? process.cwd());
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    throw new LedgerError("invalid_config", `The working folder does not exist or cannot be read (${code}).`);
  }
}
