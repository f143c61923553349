import { readFileSync } from "node:fs";
import path from "node:path";
import { tempFolder } from "../../helpers/files.ts";
import { hardcall, host, type Finished } from "../../helpers/run.ts";

/** How a call may start its process: from the host itself, or through the spawning helper. */
export const MODES = ["off", "on"] as const;
export type Mode = (typeof MODES)[number];

export const inMode = (mode: Mode) => ({ HARDCALL_SPAWN_HELPER: mode });

/** A call of the host `makes-calls.ts`. */
export interface Made {
  readonly file: string;
  readonly args?: readonly string[];
  readonly timeout?: string;
  readonly options?: {
    readonly cwd?: string;
    /** `null` takes a variable away. */
    readonly env?: Readonly<Record<string, string | null>>;
    readonly stdin?: string;
    /** A stdin of so many bytes. */
    readonly stdinBytes?: number;
    readonly leftovers?: "end" | "leave";
    readonly maxOutput?: number;
    readonly okExitCodes?: readonly number[];
  };
  /** What the host does to itself before the call. */
  readonly host?: {
    readonly umask?: number;
    readonly chdir?: string;
    readonly chdirToRemoved?: string;
    readonly user?: number;
    readonly effectiveUser?: number;
    readonly groups?: readonly number[];
    readonly env?: Readonly<Record<string, string>>;
    /** A command that it runs, with its own pid for PID. */
    readonly run?: readonly string[];
  };
}

export interface Request {
  readonly calls: readonly Made[];
  readonly atOnce: boolean;
}

/** How a call ended. */
export interface Ended {
  readonly value?: string | undefined;
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  readonly effect?: string | undefined;
  /** Kind and code of what kept it from starting. */
  readonly why?: string | undefined;
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly stdoutBytes: number;
  readonly stdoutSha256: string;
  readonly stderrTail: string;
  readonly notes: readonly string[];
  readonly survivors: number;
}

interface Around {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
}

/** Makes calls in one host, one after the other. */
export const inTurn = (mode: Mode, calls: readonly Made[], around: Around = {}): Promise<Ended[]> =>
  makeCalls(mode, { calls, atOnce: false }, around);

/** Makes calls in one host, all at once. */
export const atOnce = (mode: Mode, calls: readonly Made[], around: Around = {}): Promise<Ended[]> =>
  makeCalls(mode, { calls, atOnce: true }, around);

const makeCalls = (mode: Mode, request: Request, { env, cwd }: Around): Promise<Ended[]> =>
  host<Ended[]>("makes-calls.ts", [], {
    env: { ...env, ...inMode(mode) },
    stdin: JSON.stringify(request),
    ...(cwd !== undefined && { cwd }),
  });

export const sh = (script: string, options: Made["options"] = {}): Made => ({
  file: "sh",
  args: ["-c", script],
  options,
});

/** `hardcall run`, with its outcome. */
export async function onCommandLine(
  mode: Mode,
  words: readonly string[],
  options: Around & { readonly stdin?: string | Uint8Array; readonly flags?: readonly string[] } = {},
): Promise<Finished & { readonly outcome: { readonly code?: string; readonly message?: string } }> {
  const { flags = [], env, ...rest } = options;
  const file = path.join(tempFolder(), "outcome.json");
  const limits = ["--timeout", "40s", "--kill-grace", "300"];
  const ended = await hardcall(["run", ...limits, ...flags, "--outcome-file", file, "--", ...words], {
    ...rest,
    env: { ...env, ...inMode(mode) },
  });
  return { ...ended, outcome: JSON.parse(readFileSync(file, "utf8")) as { readonly code?: string } };
}
