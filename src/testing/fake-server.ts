import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { ownRuntime } from "../core/own-runtime.ts";
import { packageRoot } from "../core/package-root.ts";

/** How long a fake server may take to print its URL. */
const START_WITHIN_MS = 20_000;

export interface FakeServer extends AsyncDisposable {
  readonly url: string;
}

/** Starts a server of `fake-bin`. It listens on the loopback interface only and ends with this process. */
export async function startFakeServer(program: string, args: readonly string[]): Promise<FakeServer> {
  const file = path.join(packageRoot(), "fake-bin", program);
  const runtime = ownRuntime();
  if (runtime === undefined)
    throw new Error(
      `fake-bin/${program} cannot be started: this program is an executable of its own, not a runtime`,
    );
  // The server exits when its stdin ends, so it does not outlive this process.
  // ast-grep-ignore: js-subprocess-timeout, reason: a server, ended when it is disposed of, and by the end of its stdin
  const child = spawn(runtime.file, [file, ...args], { stdio: ["pipe", "pipe", "inherit"] });
  try {
    const url = await firstLine(child, program);
    return { url, [Symbol.asyncDispose]: () => end(child) };
  } catch (error) {
    await end(child);
    throw error;
  }
}

async function firstLine(child: ChildProcess, program: string): Promise<string> {
  const signal = AbortSignal.timeout(START_WITHIN_MS);
  const lines = createInterface({ input: child.stdout! });
  const early = once(child, "exit", { signal }).then(([code]) => {
    throw new Error(`fake-bin/${program} ended with code ${String(code)} before it listened`);
  });
  try {
    const [line] = (await Promise.race([once(lines, "line", { signal }), early])) as [string];
    return line.trim();
  } finally {
    lines.close();
    // This promise settles after the race, when the server exits; its rejection is of no interest then.
    early.catch(() => undefined);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}
