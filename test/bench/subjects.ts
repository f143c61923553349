/** The libraries under measurement, each used as its readme says, behind one shape. Loaded only when asked for. */

export interface Answer {
  readonly stdout: string;
  /** Where the library counts and hashes itself; of what was printed, whether it kept it or not. */
  readonly bytes?: number | undefined;
  readonly sha256?: string | undefined;
}

export interface Options {
  readonly timeoutMs?: number | undefined;
  readonly env?: Record<string, string> | undefined;
}

/** Rejects when the library says that the call failed. */
export type Run = (file: string, args: readonly string[], options?: Options) => Promise<Answer>;

/** Between SIGTERM and SIGKILL, where a library can be told. */
const KILL_GRACE_MS = 300;
/** For those that cannot do without. */
const LONG_MS = 60_000;

/** A load per subject, so that a process has only what it measures in memory. */
export const SUBJECTS = {
  "raw spawn": async (): Promise<Run> => {
    const { spawn } = await import("node:child_process");
    return (file, args, { timeoutMs, env } = {}) =>
      new Promise((resolve, reject) => {
        const child = spawn(file, args, {
          ...(env && { env: { ...process.env, ...env } }),
          ...(timeoutMs !== undefined && { timeout: timeoutMs }),
        });
        const stdout: Buffer[] = [];
        child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
        child.stderr.resume();
        child.on("error", reject);
        child.on("close", (code) => {
          if (code === 0) resolve({ stdout: Buffer.concat(stdout).toString() });
          else reject(new Error(`exit code ${code}`));
        });
      });
  },

  execa: async (): Promise<Run> => {
    const { execa } = await import("execa");
    return async (file, args, { timeoutMs, env } = {}) => {
      const { stdout } = await execa(file, args, {
        forceKillAfterDelay: KILL_GRACE_MS,
        ...(timeoutMs !== undefined && { timeout: timeoutMs }),
        ...(env && { env }),
      });
      return { stdout };
    };
  },

  "execa, timeout + killDescendants": async (): Promise<Run> => {
    const { execa } = await import("execa");
    return async (file, args, { timeoutMs = LONG_MS, env } = {}) => {
      const { stdout } = await execa(file, args, {
        timeout: timeoutMs,
        killDescendants: true,
        forceKillAfterDelay: KILL_GRACE_MS,
        ...(env && { env }),
      });
      return { stdout };
    };
  },

  tinyexec: async (): Promise<Run> => {
    const { x } = await import("tinyexec");
    return async (file, args, { timeoutMs, env } = {}) => {
      const { stdout } = await x(file, [...args], {
        throwOnError: true,
        ...(timeoutMs !== undefined && { timeout: timeoutMs }),
        ...(env && { nodeOptions: { env } }),
      });
      return { stdout };
    };
  },

  "nano-spawn": async (): Promise<Run> => {
    const { default: nanoSpawn } = await import("nano-spawn");
    return async (file, args, { timeoutMs, env } = {}) => {
      const { stdout } = await nanoSpawn(file, args, {
        ...(timeoutMs !== undefined && { timeout: timeoutMs }),
        ...(env && { env }),
      });
      return { stdout };
    };
  },

  zx: async (): Promise<Run> => {
    const { $ } = await import("zx");
    return async (file, args, { timeoutMs, env } = {}) => {
      const shell = $({
        quiet: true,
        ...(timeoutMs !== undefined && { timeout: timeoutMs }),
        ...(env && { env: { ...process.env, ...env } }),
      });
      const { stdout } = await shell`${file} ${args}`;
      return { stdout };
    };
  },

  hardcall: async (): Promise<Run> => {
    const { command, defineCall } = await import("hardcall");
    const callOf = (file: string, args: readonly string[], { timeoutMs = LONG_MS, env }: Options) =>
      defineCall({
        name: "bench",
        callee: command(file, args, { allowEmpty: true, killGrace: KILL_GRACE_MS, env }),
        timeout: timeoutMs,
        effects: "none",
      });
    // A program defines a call once and makes it often.
    const defined = new Map<string, ReturnType<typeof callOf>>();
    return async (file, args, options = {}) => {
      const id = JSON.stringify([file, args, options]);
      const call = defined.get(id) ?? callOf(file, args, options);
      defined.set(id, call);
      const settled = await call.settle();
      const { stdoutBytes: bytes, stdoutSha256: sha256 } = settled;
      if (!(settled instanceof Error)) return { stdout: settled.value, bytes, sha256 };
      // What it kept of too much is nothing, but it has counted and hashed all of it.
      throw Object.assign(settled, { answer: { stdout: "", bytes, sha256 } });
    };
  },

  "hardcall, runCommand": async (): Promise<Run> => {
    const { runCommand } = await import("hardcall");
    return async (file, args, { timeoutMs = LONG_MS, env } = {}) => {
      const { value } = await runCommand(file, args, {
        timeout: timeoutMs,
        allowEmpty: true,
        killGrace: KILL_GRACE_MS,
        env,
      });
      return { stdout: value };
    };
  },
} satisfies Record<string, () => Promise<Run>>;

export type SubjectName = keyof typeof SUBJECTS;
export const SUBJECT_NAMES = Object.keys(SUBJECTS) as SubjectName[];
