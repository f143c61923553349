import type {
  Leave,
  OperatorEvent,
  PlaceAnswer,
  ResourceLimits,
  Waiting,
} from "../../src/resources/types.ts";
import { Random } from "../helpers/random.ts";
import { minutes, ownerOf, sliding, World } from "./harness.ts";
import { must, mustAdmit, mustKeepOrder } from "./model-rules.ts";
import { Model, type Running } from "./model.ts";

const WINDOW_MS = minutes(2);
const BREAKER = { failures: 3, cooldownMs: 20_000, maxCooldownMs: 60_000 };

/** How often each step comes. */
const WEIGHTS = {
  wait: 30,
  call: 30,
  look: 20,
  end: 35,
  cancel: 3,
  operator: 1,
  kill: 2,
  cut: 1,
  wall: 2,
  boot: 0.5,
};
const WELL = [undefined, undefined, undefined] as const;
const CODES = [...WELL, "timeout", "overloaded", "auth", "rate_limited"] as const;

const randomLimits = (random: Random): ResourceLimits => ({
  ...(random.chance(0.8) && { concurrency: random.between(1, 4) }),
  ...(random.chance(0.5) && { rate: { starts: random.between(2, 12), window: sliding(WINDOW_MS) } }),
  ...(random.chance(0.5) && {
    budget: { microUsd: random.between(5, 40) * 1_000_000, window: sliding(WINDOW_MS) },
  }),
  ...(random.chance(0.5) && { breaker: BREAKER }),
});

interface Process {
  readonly id: number;
  readonly limits: ResourceLimits;
  waiting: Waiting[];
  alive: boolean;
}

/** Random calls, costs, crashes and clocks, held against the model after each change. */
export class History {
  readonly world: World;
  readonly model = new Model();
  readonly random: Random;
  readonly limits: ResourceLimits;
  processes: Process[] = [];
  #ids = 0;
  kills = 0;
  answered = 0;
  refused = new Map<string, number>();

  constructor(seed: number) {
    this.random = new Random("resources", seed);
    this.limits = randomLimits(this.random);
    this.world = new World(this.limits);
    for (let count = 0; count < 4; count++) this.join();
  }

  join(): void {
    const { limits, random } = this;
    const lower = limits.concurrency !== undefined && random.chance(0.15);
    const own = lower ? { ...limits, concurrency: Math.max(1, (limits.concurrency ?? 1) - 1) } : limits;
    this.processes.push({ id: ++this.#ids, limits: own, waiting: [], alive: true });
  }

  get now(): number {
    return this.world.ms;
  }

  step(): void {
    const { random, world } = this;
    const process = random.pick(this.processes);
    const attempt = this.attemptsOf(process)[0];
    switch (random.weighted(WEIGHTS)) {
      case "wait":
        world.ms += random.pick([1, 20, 300, 1000, 2500, 9000, 31_000]);
        return;
      case "call":
        process.waiting.push(this.call());
        return this.look(process);
      case "look":
        return this.look(process);
      case "end":
        if (attempt !== undefined) this.look(process, [this.end(attempt)]);
        return;
      case "cancel":
        process.waiting.splice(random.between(0, process.waiting.length), 1);
        return;
      case "kill":
        return this.gone(process, "dead");
      case "cut":
        return this.gone(process, "unknown");
      case "wall":
        world.wallOffMs = random.between(-50, 50) * 3_600_000;
        return;
      case "boot":
        // All are gone, and it cannot be told: their boot is another one. The wall clock is as it was at the last change.
        world.wallOffMs = world.writtenOffMs;
        for (const one of this.processes) this.gone(one, "unknown");
        world.boot = `boot ${world.ms}`;
        return this.look(random.pick(this.processes));
      case "operator":
        return this.operate();
    }
  }

  call(): Waiting {
    const { random } = this;
    const reserve = random.chance(0.5) ? random.between(1, 8) * 1_000_000 : undefined;
    return this.world.waiting({
      name: random.pick(["draft", "check"]),
      reserveMicroUsd: reserve,
      patient: random.chance(0.8),
    });
  }

  operate(): void {
    const { random, model, now } = this;
    const who = { by: "ann", why: "as she said" };
    const event = random.chance(0.5)
      ? ({ kind: "close", ...who } as const)
      : ({ kind: "open", ...who, forMs: random.chance(0.5) ? 30_000 : undefined } as const);
    model.passed(now);
    this.operated(event);
  }

  operated(event: OperatorEvent): void {
    this.world.change(0, { operator: event });
    this.model.operated(event, this.now);
    this.seeAssigned();
  }

  attemptsOf({ id }: Process): Running[] {
    return [...this.model.running.values()].filter(({ process, assigned }) => process === id && !assigned);
  }

  /** The end of an attempt, as its process tells it. */
  end(attempt: Running): Leave {
    const { random, model, now } = this;
    model.passed(now);
    if (random.chance(0.05)) {
      model.undone(attempt);
      return { ticket: attempt.ticket, started: false, opens: true };
    }
    const code = random.pick(CODES);
    const retryAfterMs = random.between(1, 40_000);
    const cost = random.chance(0.8) ? random.between(0, 4_000_000) : undefined;
    if (this.limits.budget) model.ended(attempt, now, cost);
    model.running.delete(attempt.ticket);
    if (this.limits.breaker) model.judged(attempt, code, retryAfterMs, now, BREAKER);
    return { ticket: attempt.ticket, started: true, code, opens: true, retryAfterMs, microUsd: cost };
  }

  /** A process ends, or its host cannot be reached. Another takes over. */
  gone(process: Process, how: "dead" | "unknown"): void {
    const { world, model, now } = this;
    world.liveness.set(ownerOf(process.id).id, how);
    this.kills += 1;
    process.alive = false;
    this.processes = this.processes.filter((one) => one !== process);
    // What cannot be told dead may run until its lease has passed, and its place is free only then.
    if (how === "dead") for (const attempt of this.attemptsOf(process)) model.ended(attempt, now, undefined);
    this.join();
  }

  look(process: Process, leaves: readonly Leave[] = []): void {
    const { world, model, now } = this;
    const { id, limits } = process;
    model.passed(now);
    model.heard.set(id, now);
    model.declared.set(JSON.stringify(limits), { limits, at: now });
    model.expired(now, new Set(this.processes.map((one) => one.id)));
    const line = { count: process.waiting.length, heads: process.waiting.slice(0, 64) };
    const changed = world.change(id, { limits, leaves, line });
    // A process remembers what it wrote. Now and then other documents come between, and it reads the text.
    if (this.random.chance(0.05))
      for (const concurrency of [1, 2, 3, 4]) new World({ concurrency }).ask(1, []);
    this.seeAssigned();
    const waited = process.waiting;
    for (const [ticket, answer] of changed.answers) this.answer(process, ticket, answer);
    if (changed.shut !== undefined) process.waiting = [];
    if (this.limits.budget === undefined) mustKeepOrder(waited, changed.answers);
    must("the document stays small", (world.text?.length ?? 0) < 16_000);
  }

  answer(process: Process, ticket: string, answer: PlaceAnswer): void {
    const { model, now } = this;
    if (answer.kind === "waits") return;
    this.answered += 1;
    process.waiting = process.waiting.filter((one) => one.ticket !== ticket);
    if (answer.kind === "refused") {
      this.refused.set(answer.code, (this.refused.get(answer.code) ?? 0) + 1);
      if (answer.code === "circuit_open") must("the breaker has a reason", model.closed !== undefined);
      if (answer.code === "busy" && answer.retryAfterMs !== undefined)
        must("the rate is used up", model.startsIn(now, WINDOW_MS) >= model.lowest(now).starts);
      return;
    }
    const { reserved, trial } = answer;
    const attempt = {
      process: process.id,
      ticket,
      since: now,
      reserved: reserved.microUsd,
      trial,
      assigned: false,
    };
    const assigned = model.running.get(ticket);
    if (assigned === undefined) this.begin(attempt);
    else model.fetched(attempt, assigned);
  }

  /** A place was given: nothing may be exceeded by it. */
  begin(attempt: Running): void {
    mustAdmit(this.model, attempt, this.now, WINDOW_MS);
    this.model.began(attempt);
  }

  /** Places that another process was given, or that were taken back from it. */
  seeAssigned(): void {
    const { model, now, world } = this;
    if (world.text === undefined) return;
    const assigned = world.view().places.filter((place) => place.assigned);
    for (const [ticket, attempt] of model.running) {
      if (!attempt.assigned || assigned.some((place) => place.ticket === ticket)) continue;
      if (world.view().places.some((place) => place.ticket === ticket)) continue;
      model.undone(attempt);
    }
    for (const { ticket, pid, trial, reservedUsd } of assigned) {
      if (model.running.has(ticket)) continue;
      const reserved = Math.round(reservedUsd * 1_000_000);
      this.begin({ process: pid - 1000, ticket, since: now, reserved, trial, assigned: true });
    }
  }

  endWell(attempt: Running): Leave {
    this.model.ended(attempt, this.now, 0);
    if (this.limits.breaker) this.model.judged(attempt, undefined, 0, this.now, BREAKER);
    return { ticket: attempt.ticket, started: true, opens: true, microUsd: 0 };
  }
}
