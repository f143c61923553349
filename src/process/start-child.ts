import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Child } from "./child.ts";
import { guardHelper } from "./guard.ts";
import { mayWantHelper } from "./helper/wanted.ts";
import type { ProcessSpec } from "./process-spec.ts";
import { SpawnError } from "./start/spawn-error.ts";
import type { StartPlan } from "./start/start-plan.ts";
import type { System } from "./start/system.ts";
import type { Tree } from "./tree.ts";

/** A process that runs, and the tree that holds it and all that it starts. */
export interface Started {
  readonly child: Child;
  readonly tree: Tree;
}

/**
 * Starts the process, writes its stdin and closes it. It uses Node's spawn and no library: their timeouts, capture and clean-up would
 * conflict with hardcall's, and cost a third of a call. A host with much memory has the helper do it, as a start would block it for long.
 *
 * @param hold takes the process into its tree, in the turn of the event loop in which spawn returned
 * @param signal aborts when the call is to end: a start that waits for the helper is given up
 */
export async function startChild(
  spec: ProcessSpec,
  system: System,
  hold: (child: Child) => Tree,
  signal: AbortSignal,
): Promise<Started | SpawnError> {
  const plan = system.plan(spec);
  if (plan instanceof SpawnError) return plan;
  let child: Child | SpawnError;
  try {
    child = (await startElsewhere(plan, spec, signal)) ?? (await startHere(plan, spec));
  } catch (error) {
    return system.explain(plan, spec, error);
  }
  if (child instanceof SpawnError) return child;
  const tree = hold(child);
  // An error event of a running child, such as a signal that could not be sent, must not end the host.
  child.on("error", () => undefined);
  return { child, tree };
}

/** `undefined`: this process is to start it itself. */
async function startElsewhere(
  plan: StartPlan,
  spec: ProcessSpec,
  signal: AbortSignal,
): Promise<Child | SpawnError | undefined> {
  // Under a lease the guardian's word has to come before the exit, and the helper's news of an exit may be the faster one.
  if (spec.inheritStdin || spec.lease !== undefined || !mayWantHelper()) return undefined;
  const startByHelper = await loadHelper();
  if (startByHelper === undefined) return undefined;
  const start = await startByHelper(plan, spec, signal, guardHelper);
  if (start.type === "child") return start.child;
  if (start.type === "cancelled")
    return new SpawnError("other", "ECANCELED", "its call ended before it was started");
  if (start.type === "refused") throw Object.assign(new Error(start.code), { code: start.code });
  return undefined;
}

/**
 * `undefined` where there is no helper to be had. A host may have grown since it was started, and an upgrade may have removed these files
 * meanwhile: it makes its calls all the same.
 */
async function loadHelper() {
  try {
    const { whyNoHelper } = await import("./helper/state.ts");
    if (whyNoHelper() !== undefined) return undefined;
    return (await import("./helper/start-by-helper.ts")).startByHelper;
  } catch {
    return undefined;
  }
}

async function startHere({ file, args, ...options }: StartPlan, spec: ProcessSpec): Promise<Child> {
  const { cwd, stdin, inheritStdin } = spec;
  const child = spawn(file, args, {
    ...options,
    cwd,
    stdio: [inheritStdin ? "inherit" : stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    windowsHide: true,
  });
  if (child.pid === undefined) {
    const [error] = (await once(child, "error")) as [unknown];
    throw error;
  }
  if (stdin !== undefined && child.stdin !== null) {
    // EPIPE: it ended, or closed its stdin, before it had read everything. Its exit tells whether that matters.
    child.stdin.on("error", () => undefined);
    child.stdin.end(stdin);
  }
  return child as Child;
}
