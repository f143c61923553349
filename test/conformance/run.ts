import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";

export interface Run {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** What to write before closing stdin, or `open` to leave it open and silent. Nothing means /dev/null. */
  readonly stdin?: string | { readonly open: true } | undefined;
  /** A signal, sent as soon as `when` resolves. */
  readonly kill?: { readonly signal: NodeJS.Signals; readonly when: () => Promise<unknown> } | undefined;
}

export interface Ending {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

const LIMIT_MS = 60_000;

/** Runs to the end, whatever happens: after a minute the process is killed and the ending says so by its signal. */
export async function run({ file, args, cwd, env, stdin, kill }: Run): Promise<Ending> {
  const started = performance.now();
  const child = spawn(file, args, { cwd, env, stdio: [stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"] });
  const limit = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
  // A process that refuses its arguments is gone before it read anything.
  child.stdin?.on("error", () => {});
  if (typeof stdin === "string") child.stdin?.end(stdin);
  if (kill) {
    kill.when().then(
      () => child.kill(kill.signal),
      () => child.kill("SIGKILL"),
    );
  }
  try {
    const [[exitCode, signal], stdout, stderr] = await Promise.all([
      once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>,
      text(child.stdout!),
      text(child.stderr!),
    ]);
    return { exitCode, signal, stdout, stderr, seconds: (performance.now() - started) / 1000 };
  } finally {
    clearTimeout(limit);
    child.stdin?.destroy();
  }
}
