import { spawn } from "node:child_process";

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

/** Runs to the end. After a minute it is killed, and the ending says so by its signal. */
export async function run({ file, args, cwd, env, stdin, kill }: Run): Promise<Ending> {
  const started = performance.now();
  const child = spawn(file, args, {
    cwd,
    env,
    stdio: [stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  const limit = setTimeout(() => {
    child.kill("SIGKILL");
    // What the process left behind may still hold the other ends.
    child.stdout?.destroy();
    child.stderr?.destroy();
  }, LIMIT_MS);
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (chunk: string) => (output[name] += chunk));
  }
  // A process that refuses its arguments is gone before it read anything.
  child.stdin?.on("error", () => {});
  if (typeof stdin === "string") child.stdin?.end(stdin);
  kill?.when().then(
    () => child.kill(kill.signal),
    () => child.kill("SIGKILL"),
  );
  try {
    return await new Promise<Ending>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (exitCode, signal) => {
        resolve({ exitCode, signal, ...output, seconds: (performance.now() - started) / 1000 });
      });
    });
  } finally {
    clearTimeout(limit);
    child.stdin?.destroy();
  }
}
