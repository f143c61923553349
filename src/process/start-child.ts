import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { ProcessSpec } from "./process-spec.ts";
import { SpawnError } from "./start/spawn-error.ts";
import type { System } from "./start/system.ts";
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
 * Starts the process, writes its stdin and closes it. It uses Node's spawn and no library: their timeouts, capture and clean-up would
 * conflict with hardcall's, and cost a third of a call.
 *
 * @param hold takes the process into its tree, in the turn of the event loop in which spawn returned
 */
export async function startChild(
  spec: ProcessSpec,
  system: System,
  hold: (child: Child) => Tree,
): Promise<Started | SpawnError> {
  const { cwd, stdin, inheritStdin } = spec;
  const plan = system.plan(spec);
  if (plan instanceof SpawnError) return plan;
  const { file, args, ...options } = plan;
  let child: ChildProcess;
  try {
    child = spawn(file, args, {
      ...options,
      cwd,
      stdio: [inheritStdin ? "inherit" : stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
      windowsHide: true,
    });
    if (child.pid === undefined) {
      const [error] = (await once(child, "error")) as [unknown];
      throw error;
    }
  } catch (error) {
    return system.explain(plan, spec, error);
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
