import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";
import { once } from "node:events";
import type { ProcessSpec } from "./process-spec.ts";
import { explainSpawnFailure, SpawnError } from "./spawn-failure.ts";

/** A process with its output on pipes. */
export type Child = ChildProcess & {
  readonly pid: number;
  readonly stdout: NonNullable<ChildProcess["stdout"]>;
  readonly stderr: NonNullable<ChildProcess["stderr"]>;
};

/**
 * Starts the process, hands it its stdin and closes it.
 *
 * On Windows by way of execa, which finds `.cmd` shims and quotes their arguments; what else execa has (its timeout, its
 * capture, its clean-up) would be in the way of ours, and on POSIX costs a third of a call.
 */
export async function startChild(spec: ProcessSpec): Promise<Child | SpawnError> {
  const { file, args, cwd, env, stdin, inheritStdin } = spec;
  const options: SpawnOptions = {
    cwd,
    env,
    // A process group of its own, so that the group can be ended without ending us.
    detached: true,
    stdio: [inheritStdin ? "inherit" : stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    windowsHide: true,
  };
  let child: ChildProcess;
  try {
    child =
      process.platform === "win32" ? await startOnWindows(file, args, options) : spawn(file, args, options);
    if (child.pid === undefined) {
      const [error] = (await once(child, "error")) as [unknown];
      throw error;
    }
  } catch (error) {
    return explainSpawnFailure(file, env, cwd, error);
  }
  // Whatever Node reports of a running child (a signal that could not be sent) must not end the host.
  child.on("error", () => undefined);
  if (stdin !== undefined && child.stdin !== null) {
    // EPIPE: it ended, or closed its stdin, before it had read everything. Its exit tells whether that matters.
    child.stdin.on("error", () => undefined);
    child.stdin.end(stdin);
  }
  return child as Child;
}

async function startOnWindows(
  file: string,
  args: readonly string[],
  options: SpawnOptions,
): Promise<ChildProcess> {
  const { execa } = await import("execa");
  const { cwd, env, stdio } = options as {
    readonly stdio: ["inherit" | "ignore" | "pipe", "pipe", "pipe"];
  } & typeof options;
  // ast-grep-ignore: js-subprocess-timeout, reason: the call's own deadline ends it, with its whole tree
  const subprocess = execa(file, args, {
    cwd: cwd as string,
    env: env as Record<string, string>,
    stdio,
    extendEnv: false,
    detached: true,
    cleanup: false,
    reject: false,
    buffer: false,
    windowsHide: true,
  });
  if (subprocess.pid === undefined) {
    const { cause } = (await subprocess) as { readonly cause?: unknown };
    throw cause;
  }
  // What execa makes of the end is not waited for: it would wait for whoever holds the pipes.
  subprocess.catch(() => undefined);
  return subprocess.nodeChildProcess;
}
