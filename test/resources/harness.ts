import type { Instant } from "../../src/ledger/owner/instant.ts";
import type { Liveness, Owner } from "../../src/ledger/owner/owner.ts";
import { change } from "../../src/resources/change.ts";
import { describeResource } from "../../src/resources/describe-resource.ts";
import type { Batch, Changed, Leave, ResourceLimits, Waiting } from "../../src/resources/types.ts";

export const START = Date.UTC(2026, 10, 22, 12);
const BOOT = "b3f1c2d4-0000-4000-8000-000000000001";

export const SUCCESS = { started: true, opens: true, microUsd: 0 } as const;

/** A resource and its processes on one machine, in memory. Time passes only when a test says so. */
export class World {
  text: string | undefined;
  ms = 0;
  /** What the wall clock is off by. */
  wallOffMs = 0;
  boot = BOOT;
  /** What the wall clock was off by when the document was written last. */
  writtenOffMs = 0;
  readonly liveness = new Map<string, Liveness>();
  #tickets = 0;
  readonly #limits: ResourceLimits;

  constructor(limits: ResourceLimits) {
    this.#limits = limits;
  }

  now(): Instant {
    return { at: START + this.ms + this.wallOffMs, boot: this.boot, ticks: 1000 + this.ms };
  }

  moment(process: number) {
    return {
      now: this.now(),
      owner: ownerOf(process),
      liveness: ({ id }: Owner) => this.liveness.get(id) ?? "alive",
    };
  }

  change(process: number, batch: Batch): Changed {
    const changed = change("anthropic", this.text, batch, this.moment(process));
    if (changed.text !== undefined) this.writtenOffMs = this.wallOffMs;
    this.text = changed.text ?? this.text;
    return changed;
  }

  /** A look of a process at which these wait. */
  ask(process: number, heads: readonly Waiting[], leaves: readonly Leave[] = [], count = heads.length) {
    return this.change(process, { limits: this.#limits, leaves, line: { count, heads } });
  }

  /** One call asks alone. */
  enter(process: number, given: Partial<Waiting> = {}) {
    const waiting = this.waiting(given);
    const changed = this.ask(process, [waiting]);
    return { ...waiting, changed, answer: changed.answers.get(waiting.ticket) };
  }

  leave(process: number, ticket: string, end: Partial<Leave> = {}): Changed {
    return this.change(process, { limits: this.#limits, leaves: [{ ticket, ...SUCCESS, ...end }] });
  }

  waiting(given: Partial<Waiting> = {}): Waiting {
    this.#tickets += 1;
    return {
      ticket: `t${this.#tickets}`,
      name: "draft",
      callId: `c${this.#tickets}`,
      attempt: 1,
      arrivedAt: this.now(),
      patient: true,
      ...given,
    };
  }

  view() {
    return describeResource("anthropic", this.text ?? fail(), this.moment(0));
  }
}

function fail(): never {
  throw new Error("the resource has no document yet");
}

export const ownerOf = (process: number): Owner => ({
  host: "host-1",
  bootId: BOOT,
  pidSpace: "pid:[4026531836]",
  pid: 1000 + process,
  pidStart: String(process),
  id: `00000000-0000-4000-8000-${String(process).padStart(12, "0")}`,
});

/** What answers are, in the order of their tickets: `granted`, `waits`, or the code of the refusal. */
export const kinds = ({ answers }: Changed) =>
  [...answers.values()].map((answer) => (answer.kind === "refused" ? answer.code : answer.kind));

export const minutes = (count: number) => count * 60_000;
export const sliding = (ms: number) => ({ kind: "sliding", ms }) as const;
