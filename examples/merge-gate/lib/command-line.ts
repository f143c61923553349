import { spawnSync } from "node:child_process";

/** Something is wrong with how a program was called, or with its input: exit code 2, nothing was judged. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** Runs a program: its exit code, 2 with a sentence for a usage error. */
export function main(run: () => number): void {
  try {
    process.exitCode = run();
  } catch (error) {
    if (!(error instanceof UsageError) && !isMissingFile(error)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  }
}

const isMissingFile = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error &&
  "code" in error &&
  (error.code === "ENOENT" || String(error.code).startsWith("ERR_PARSE"));

export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
}

/** A program's output if it ended by itself, in time and with an expected exit code. */
export function capture(
  file: string,
  args: readonly string[],
  { timeout = 120_000, expect = [0] }: { timeout?: number; expect?: readonly number[] } = {},
): Ran {
  const ran = spawnSync(file, args, { encoding: "utf8", timeout, maxBuffer: 512 * 1024 * 1024 });
  if (ran.error) throw new UsageError(`${file} could not run: ${ran.error.message}`);
  if (ran.status === null || !expect.includes(ran.status))
    throw new UsageError(
      `${file} ended with ${ran.signal ?? `exit code ${ran.status}`}. ${ran.stderr.trim()}`,
    );
  return { stdout: ran.stdout, stderr: ran.stderr, status: ran.status };
}
