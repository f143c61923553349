import type { ExecFileOptionsWithStringEncoding } from "node:child_process";

/** The longest time that one `ps` may take. It takes some 10 ms, and more where every processor is busy. */
const LIMIT_MS = 1000;
/** For how long hardcall starts no `ps` after one that failed, or did not end in time. A tree that is ended looks many times. */
const REST_MS = { failed: 100, late: 10_000 };
/** More than all command lines and environments of 2000 processes take. */
const MOST_BYTES = 256 * 2 ** 20;

/** How often this process started `ps`. */
export const psCounts = { runs: 0 };

/**
 * Starts `ps` by a path of its own: another program of that name on PATH would decide which processes hardcall signals. Times are printed
 * in English and in UTC, in which no hour comes twice.
 */
export class Ps {
  readonly #file: string;
  #restUntil = -Infinity;

  constructor(file: string) {
    this.#file = file;
  }

  /**
   * What it printed.
   *
   * @throws when it is not there, fails, or does not end in time
   */
  async print(args: readonly string[]): Promise<string> {
    this.#begin();
    try {
      return await run(this.#file, args);
    } catch (error) {
      // With `-p` it exits with 1 when there is no such process (any more).
      if (isEmpty(error as Failed, args)) return "";
      throw this.#failed((error as Failed).killed === true, error);
    }
  }

  /** The same, while this process waits. */
  printNow(args: readonly string[]): string {
    this.#begin();
    const { spawnSync } = process.getBuiltinModule("node:child_process");
    const { stdout, status, signal, error } = spawnSync(this.#file, args, OPTIONS);
    if (status === 0) return stdout;
    if (isEmpty({ code: status, stdout }, args)) return "";
    throw this.#failed(signal !== null, error);
  }

  #begin(): void {
    if (performance.now() < this.#restUntil) throw new Error("ps failed a moment ago");
    psCounts.runs++;
  }

  #failed(isLate: boolean, cause: unknown): Error {
    this.#restUntil = performance.now() + (isLate ? REST_MS.late : REST_MS.failed);
    return new Error("ps failed", { cause });
  }
}

const OPTIONS = {
  // Without the cookies of this process: an outer call does not find it by them.
  env: { LC_ALL: "C", TZ: "UTC0" },
  timeout: LIMIT_MS,
  killSignal: "SIGKILL",
  maxBuffer: MOST_BYTES,
  // Bytes stay bytes: a command line need not be UTF-8.
  encoding: "latin1",
} as const satisfies ExecFileOptionsWithStringEncoding;

/** What it printed. Most programs that load hardcall never start a `ps`, so Node's module is loaded with the first. */
function run(file: string, args: readonly string[]): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const { execFile } = process.getBuiltinModule("node:child_process");
  execFile(file, args, OPTIONS, (error, stdout) => {
    if (error === null) resolve(stdout);
    else reject(Object.assign(error, { stdout }));
  });
  return promise;
}

interface Failed {
  readonly code?: unknown;
  readonly stdout?: string;
  readonly killed?: boolean;
}

const isEmpty = ({ code, stdout }: Failed, args: readonly string[]) =>
  code === 1 && stdout === "" && args.includes("-p");
