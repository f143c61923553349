import { spawn, type ChildProcess } from "node:child_process";

/** What to write before closing stdin, or `open` to leave it open and silent. Nothing means /dev/null. */
export type Stdin = string | { readonly open: true } | { readonly steps: readonly Step[] };

/** A line for stdin, and what has to appear on stdout before the next one is written. */
export interface Step {
  readonly line: object;
  readonly until: string;
}

export interface Run {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stdin?: Stdin | undefined;
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
/** How long processes that the CLI left behind may hold its output open. */
const LEFT_MS = 3000;

/** Runs to the end. After a minute its process group is killed, and the ending says so by its signal. */
export async function run({ file, args, cwd, env, stdin, kill }: Run): Promise<Ending> {
  const started = performance.now();
  const child = spawn(file, args, {
    cwd,
    env,
    stdio: [stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    // The leader of a group of its own, so that a process which outlives it can be ended.
    detached: true,
  });
  const end = () => {
    killGroup(child);
    // What is left in other groups may still hold the other ends.
    child.stdout?.destroy();
    child.stderr?.destroy();
  };
  let limit = setTimeout(end, LIMIT_MS);
  child.once("exit", () => {
    clearTimeout(limit);
    limit = setTimeout(end, LEFT_MS);
  });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (chunk: string) => (output[name] += chunk));
  }
  // A process that refuses its arguments is gone before it read anything.
  child.stdin?.on("error", () => {});
  if (typeof stdin === "string") child.stdin?.end(stdin);
  else if (stdin && "steps" in stdin) talk(child, output, stdin.steps);
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
    killGroup(child);
  }
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // Nothing of the group is left.
  }
}

/** Writes line by line, each once stdout has said what the one before waits for. */
function talk(child: ChildProcess, output: { readonly stdout: string }, steps: readonly Step[]): void {
  let next = 0;
  let from = 0;
  const go = () => {
    while (next === 0 || output.stdout.includes(steps[next - 1]?.until ?? "", from)) {
      const step = steps[next];
      if (step === undefined) {
        child.stdin?.end();
        child.stdout?.off("data", go);
        return;
      }
      from = output.stdout.length;
      next += 1;
      child.stdin?.write(`${JSON.stringify(step.line)}\n`);
    }
  };
  child.stdout?.on("data", go);
  go();
}
