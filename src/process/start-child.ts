import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";
import { once } from "node:events";
import type { ProcessSpec } from "./process-spec.ts";
import { explainSpawnFailure, SpawnError } from "./spawn-failure.ts";
import type { Tree } from "./tree.ts";

/** A process with its output on pipes. */
export type Child = ChildProcess & {
  readonly pid: number;
  readonly stdout: NonNullable<ChildProcess["stdout"]>;
  readonly stderr: NonNullable<ChildProcess["stderr"]>;
};

/** A process that runs, and the tree that holds it and all that it starts. */
export interface Started {
  readonly child: Child;
  readonly tree: Tree;
}

/**
 * Starts the process, writes its stdin and closes it.
 *
 * On Windows it uses execa, which finds `.cmd` shims and quotes their arguments. On POSIX it uses Node's spawn: execa's timeout, capture
 * and clean-up would conflict with hardcall's, and cost a third of a call.
 *
 * @param hold takes the process into its tree, in the turn of the event loop in which spawn returned
 */
export async function startChild(
  spec: ProcessSpec,
  hold: (child: Child) => Tree,
): Promise<Started | SpawnError> {
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
  const tree = hold(child as Child);
  // An error event of a running child, such as a signal that could not be sent, must not end the host.
  child.on("error", () => undefined);
  if (stdin !== undefined && child.stdin !== null) {
    // EPIPE: it ended, or closed its stdin, before it had read everything. Its exit tells whether that matters.
    child.stdin.on("error", () => undefined);
    child.stdin.end(stdin);
  }
  return { child: child as Child, tree };
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
  // execa's promise is not awaited: it would wait for every process that holds the pipes.
  subprocess.catch(() => undefined);
  return subprocess.nodeChildProcess;
}
