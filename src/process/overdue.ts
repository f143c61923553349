import { writeSync } from "node:fs";
import { later, machineTime, msUntil, type MachineTime } from "../core/machine-time.ts";
import { endTree } from "./end-tree.ts";
import { treeOf } from "./tree-of-token.ts";

/** How often the clocks are read while a time is set: a timer alone sleeps on through the time in which the machine was suspended. */
const LOOK_MS = 250;

interface Watched {
  readonly token: string;
  at: MachineTime;
  graceMs: number;
  /** The tree is being ended, or there was nothing to end. */
  isDone: boolean;
}

/** The trees of a guardian that have to be gone at a time. */
export class Overdue {
  readonly #watched = new Map<string, Watched>();
  #timer: NodeJS.Timeout | undefined;

  watch(slot: string, token: string, at: MachineTime, graceMs: number): void {
    const was = this.#watched.get(slot);
    // A tree whose process has just started is looked for anew, even if its time has come before.
    if (was?.token === token) Object.assign(was, { at, graceMs });
    else this.#watched.set(slot, { token, at, graceMs, isDone: false });
    if (this.#timer === undefined || msUntil(at) < LOOK_MS) this.#look();
  }

  forget(slot: string): void {
    this.#watched.delete(slot);
  }

  stop(): void {
    this.#watched.clear();
    clearTimeout(this.#timer);
  }

  #look(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const now = machineTime();
    let next = Infinity;
    for (const { at, isDone } of this.#watched.values()) if (!isDone) next = Math.min(next, msUntil(at, now));
    if (next === Infinity) return;
    this.#timer = setTimeout(
      () => {
        // A host that has just renewed the lease has said so: this turn of the event loop reads it.
        setImmediate(() => this.#endWhatIsDue());
      },
      Math.min(LOOK_MS, Math.max(0, next)),
    );
  }

  #endWhatIsDue(): void {
    const now = machineTime();
    for (const watched of this.#watched.values()) {
      if (watched.isDone || msUntil(watched.at, now) > 0) continue;
      watched.isDone = true;
      void end(watched);
    }
    this.#look();
  }
}

async function end({ token, at, graceMs }: Watched): Promise<void> {
  const tree = treeOf(token);
  if ((await tree.look()).length === 0 && tree.certain) return;
  tell(tree.cookie);
  // If the whole machine was suspended, the lease is long over, and the tree gets no grace.
  await endTree(tree, Math.min(graceMs, Math.max(0, msUntil(later(at, graceMs)))));
}

/** Before the first signal, so that the host has it before it sees a process end. */
function tell(cookie: string): void {
  try {
    writeSync(1, `${cookie}\n`);
  } catch {
    // The host is gone.
  }
}
