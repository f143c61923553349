import { setTimeout as wait } from "node:timers/promises";
import { Capture } from "./capture.ts";
import type { Child } from "./child.ts";
import { endTree } from "./end-tree.ts";
import { hasExitCode } from "./exit-code.ts";
import { graceUnder, type Guarded } from "./guard.ts";
import { holdTree } from "./hold.ts";
import { startTimeOf, whyNoLook } from "./process-table.ts";
import { DRAIN_GRACE_MS, STDERR_TAIL_BYTES, type ProcessControls, type ProcessSpec } from "./process-spec.ts";
import { keepDrained } from "./keep-drained.ts";
import { SpawnError } from "./start/spawn-error.ts";
import type { System } from "./start/system.ts";
import { startChild, type Started } from "./start-child.ts";
import { loadSystem } from "./system.ts";
import type { Tree } from "./tree.ts";
import { within } from "./within.ts";

export type ProcessEnd = { readonly spawned: false; readonly error: SpawnError } | FinishedProcess;

export interface FinishedProcess {
  readonly spawned: true;
  readonly exitCode: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  /** What ended it, where an exit code of Windows tells that it did not end by itself. */
  readonly crash: string | undefined;
  readonly stdout: Capture;
  readonly stderr: Capture;
  /** It was ended because `finish` was called. */
  readonly finished: boolean;
  /** A process still held the output open when hardcall stopped reading; later output is missing. */
  readonly drainCut: boolean;
  /** How many processes were still running at the exit and were then ended. */
  readonly leftBehind: number;
  /** After a failure: a process of the tree outlived the exit, and may have had an effect that the exit code denies. */
  readonly outlived: boolean;
  /** How many could not be ended, those of `unread` included. */
  readonly survivors: number;
  /** Present with certain survivors, or after a failed look: resolves when no process of the tree is alive. */
  readonly survivorsGone: Promise<void> | undefined;
  /** How many processes may be part of the tree but cannot be read, so that hardcall did not signal them. */
  readonly unread: number;
  /** Why hardcall could not look at all processes at the end: those that left the process group may live on, and are not counted. */
  readonly lookFailed: string | undefined;
  /** Why hardcall could end the first process only, and not what that started. */
  readonly limit: string | undefined;
}

const STDOUT_TAIL_BYTES = 4096;

/**
 * Starts a process, watches it and ends it with all its descendants when `signal` aborts. Settles within `killGraceMs` + drain
 * grace + 100 ms of the abort, even if descendants ignore signals or hold the pipes. Never rejects.
 */
export async function runProcess(spec: ProcessSpec, signal: AbortSignal): Promise<ProcessEnd> {
  const system = await loadSystem();
  const guarded = await holdTree(spec);
  let survivorsGone: Promise<void> | undefined;
  try {
    // The last moment: a host that was suspended before it came here must not start what another host may be running.
    if (spec.lease?.isOver())
      return { spawned: false, error: new SpawnError("other", "ECANCELED", "its lease is over") };
    const hold = (child: Child) => {
      const { pid } = child;
      const leader = { pid, startTime: "startTime" in child ? child.startTime : startTimeOf(pid) };
      const tree = guarded.started(leader, child);
      if (pid > 0) spec.onSpawn?.(leader);
      return tree;
    };
    const started = await startChild(spec, system, hold, signal);
    if (started instanceof SpawnError) return { spawned: false, error: started };
    const end = await watch(spec, { ...started, guarded, system }, signal);
    survivorsGone = end.survivorsGone;
    return end;
  } finally {
    guarded.ended(spec.leftovers === "leave", survivorsGone);
  }
}

interface Running extends Started {
  readonly guarded: Guarded;
  readonly system: System;
}

async function watch(
  spec: ProcessSpec,
  { child, tree, guarded, system }: Running,
  signal: AbortSignal,
): Promise<FinishedProcess> {
  const ending = new Ending(tree, spec, guarded);
  const controls: ProcessControls = { finish: () => ending.begin("finished") };
  const stdout = new Capture(child.stdout, {
    keepBytes: spec.keepBytes,
    tailBytes: STDOUT_TAIL_BYTES,
    onActivity: spec.onActivity,
    onChunk: spec.onStdout && ((chunk) => spec.onStdout?.(chunk, controls)),
  });
  const stderr = new Capture(child.stderr, {
    keepBytes: 0,
    tailBytes: STDERR_TAIL_BYTES,
    onActivity: spec.onActivity,
    onChunk: spec.onStderr && ((chunk) => spec.onStderr?.(chunk, controls)),
  });
  const onAbort = () => ending.begin("stopped");
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();

  const exited = Promise.withResolvers<void>();
  child.once("exit", () => {
    tree.leaderExited(child.exitAgeMs?.());
    // The guardian has ended it, if a lease is over: its word came first, except where the loop reports an exit before all else.
    if (child.signalCode !== null) spec.lease?.isOver();
    if (ending.reason === undefined) spec.onExit?.();
    // From here on there is nothing to stop, only something to tidy up.
    signal.removeEventListener("abort", onAbort);
    exited.resolve();
  });

  // The process exits by itself, or hardcall has finished ending the tree, even if the exit is not reported.
  await Promise.race([exited.promise, ending.over]);
  // The helper tells an exit at once. What it has read before may still be on its way, and the time for late output is not for that.
  if (ending.reason === undefined) await child.outputsTaken;
  const drained = Promise.all([stdout.closed, stderr.closed]);
  const isSuccess = child.exitCode !== null && hasExitCode(spec.okExitCodes ?? [0], child.exitCode);
  const spares = spec.leftovers === "leave" && isSuccess;
  let leftBehind = 0;
  let leftAtExit = 0;
  if (ending.reason === undefined) {
    // Looked for before the wait for output, because a process that holds the output open may end meanwhile.
    if (!isSuccess) leftAtExit = (await tree.look()).length;
    const isDrained = await within(drained, DRAIN_GRACE_MS);
    if (!spares) {
      leftBehind = (await tree.look({ afterCleanExit: isSuccess && isDrained })).length;
      if (leftBehind > 0 || tree.unread > 0 || !tree.certain) ending.begin("leftovers");
    }
  }
  if (ending.reason !== undefined) {
    await ending.over;
    await within(Promise.all([drained, exited.promise]), DRAIN_GRACE_MS);
  }
  const drainCut = !(await within(drained, 0));
  if (drainCut && spares && ending.reason === undefined) keepDrained([child.stdout, child.stderr]);
  stdout.stop();
  stderr.stop();
  signal.removeEventListener("abort", onAbort);
  const { exitCode, signalCode } = child;
  // It could not be killed and counts as a survivor. Without unref it would also keep the host from exiting.
  if (exitCode === null && signalCode === null) child.unref();
  const unread = Math.min(tree.unread, ending.survivors);
  const mayGoOn = ending.survivors > unread || tree.lookFailed;
  return {
    spawned: true,
    exitCode: exitCode ?? undefined,
    signal: signalCode ?? undefined,
    crash: exitCode === null ? undefined : system.crashOf(exitCode),
    stdout,
    stderr,
    finished: ending.reason === "finished",
    drainCut,
    leftBehind,
    outlived:
      !isSuccess &&
      (leftAtExit + leftBehind + ending.survivors > 0 ||
        drainCut ||
        tree.lookFailed ||
        tree.limit !== undefined),
    survivors: ending.survivors,
    survivorsGone: mayGoOn ? gone(tree) : undefined,
    unread,
    lookFailed: tree.lookFailed ? whyNoLook() : undefined,
    limit: tree.limit,
  };
}

/** How often to check whether survivors have ended by themselves. */
const SURVIVORS_EVERY_MS = 1000;

/**
 * Resolves when no certain member of the tree is alive. It does not wait for processes that only may be members: another program's
 * daemon would hold the key for as long as it lives. Keeps no process alive.
 */
async function gone(tree: Tree): Promise<void> {
  for (;;) {
    if (!tree.anyKnownAlive() && (await tree.look()).length === 0 && !tree.lookFailed) return;
    await wait(SURVIVORS_EVERY_MS, undefined, { ref: false });
  }
}

/** Ends a tree once. The first request decides the reason. */
class Ending {
  readonly over: Promise<void>;
  readonly #over = Promise.withResolvers<void>();
  readonly #tree: Tree;
  readonly #spec: Pick<ProcessSpec, "killGraceMs" | "lease">;
  readonly #guarded: Guarded;
  reason: "stopped" | "finished" | "leftovers" | undefined;
  survivors = 0;

  constructor(tree: Tree, spec: Pick<ProcessSpec, "killGraceMs" | "lease">, guarded: Guarded) {
    this.over = this.#over.promise;
    this.#tree = tree;
    this.#spec = spec;
    this.#guarded = guarded;
  }

  begin(reason: "stopped" | "finished" | "leftovers"): void {
    if (this.reason !== undefined) return;
    this.reason = reason;
    // What a success left behind has had its time.
    const { killGraceMs, lease } = this.#spec;
    const longestMs = reason === "leftovers" ? Math.min(killGraceMs, DRAIN_GRACE_MS) : killGraceMs;
    const graceMs = graceUnder(lease, longestMs);
    this.#guarded.ending(graceMs);
    void this.#end(graceMs);
  }

  async #end(graceMs: number): Promise<void> {
    try {
      this.survivors = await endTree(this.#tree, graceMs);
    } finally {
      this.#over.resolve();
    }
  }
}
