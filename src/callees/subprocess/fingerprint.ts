import { optionName } from "../../core/wording.ts";
import { isBlank } from "../../core/blank.ts";
import { readOptions, type Kinds } from "../../core/options.ts";
import { LedgerError } from "../../database/errors.ts";
import type { FingerprintParts } from "../../ledger/key/fingerprint.ts";

/** What the fingerprint of a process takes from its surroundings. */
export interface FingerprintOptions {
  /** Stands for the working folder, where that has another name at each deployment. @default the folder itself */
  readonly cwd?: string | undefined;
  /** Environment variables of the process whose values belong to its input. @default [] */
  readonly env?: readonly string[] | undefined;
}

const KINDS: Kinds<FingerprintOptions> = { cwd: "a string", env: "a list of strings" };

/** What of a process's options its fingerprint is made of. */
export interface FingerprintedOptions {
  readonly cwd?: string | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  readonly fingerprint?: FingerprintOptions | undefined;
}

/** What is wrong with the options, a sentence without full stop each. */
export function fingerprintProblems(given: unknown): string[] {
  if (given === undefined) return [];
  const problems: string[] = [];
  const { cwd, env = [] } = readOptions<FingerprintOptions>(given, KINDS, problems);
  return [
    ...problems.map((problem) => `fingerprint: ${problem}`),
    ...(cwd !== undefined && isBlank(cwd)
      ? [`${optionName("fingerprint.cwd")} is blank; give what stands for the folder`]
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
 * The parts of a fingerprint that every process has: its command, its folder, and the variables that were named. The rest of
 * the environment is not in it: a token or a session's id that changes would turn every repeat into another input.
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

/** The folder itself and not its name: a link may lead to another folder tomorrow. */
function folderOf(cwd: string | undefined): string {
  // Loaded here and not above: few calls have a key, and node:fs is a quarter of what loading all of hardcall costs.
  const { realpathSync } = process.getBuiltinModule("node:fs");
  try {
    return realpathSync(cwd ?? process.cwd());
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    throw new LedgerError("invalid_config", `The working folder cannot be found (${code}).`);
  }
}
