import { expect, test } from "vitest";
import type { Leave, PlaceAnswer, ResourceLimits, Waiting } from "../../src/resources/types.ts";
import { Random } from "../helpers/random.ts";
import { minutes, ownerOf, sliding, World } from "./harness.ts";
import { Model, type Running } from "./model.ts";

const WINDOW_MS = minutes(2);
const BREAKER = { failures: 3, cooldownMs: 20_000, maxCooldownMs: 60_000 };
const SEEDS = 120;
const STEPS = 140;

interface Process {
  readonly id: number;
  readonly limits: ResourceLimits;
  waiting: Waiting[];
  alive: boolean;
}

function must(rule: string, holds: boolean): void {
  if (!holds) throw new Error(rule);
}

/** Random calls, costs, crashes and clocks, held against the model after each change. */
class Run {
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
    const { random } = this;
    this.limits = {
      ...(random.chance(0.8) && { concurrency: random.between(1, 4) }),
      ...(random.chance(0.5) && { rate: { starts: random.between(2, 12), window: sliding(WINDOW_MS) } }),
      ...(random.chance(0.5) && {
        budget: { microUsd: random.between(5, 40) * 1_000_000, window: sliding(WINDOW_MS) },
      }),
      ...(random.chance(0.5) && { breaker: BREAKER }),
    };
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
    switch (
      random.weighted({
        wait: 30,
        call: 30,
        look: 20,
        end: 35,
        kill: 2,
        cut: 1,
        wall: 2,
        boot: 0.5,
        operator: 1,
        cancel: 3,
      })
    ) {
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
    this.world.change(0, { operator: event });
    model.passed(now);
    model.operated(event, now);
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
      model.running.delete(attempt.ticket);
      model.starts.splice(model.starts.indexOf(attempt.since), 1);
      return { ticket: attempt.ticket, started: false, opens: true };
    }
    const code = random.pick([
      undefined,
      undefined,
      undefined,
      "timeout",
      "overloaded",
      "auth",
      "rate_limited",
    ] as const);
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

  /** Attempts whose owner was not heard of for longer than the lease have been stopped by it. */
  expire(): void {
    for (const attempt of this.model.running.values()) {
      if (attempt.assigned) continue;
      const process = this.processes.find(({ id }) => id === attempt.process);
      if (process === undefined && this.now - (this.model.heard.get(attempt.process) ?? 0) > 30_000)
        this.model.ended(attempt, this.now, undefined);
    }
  }

  look(process: Process, leaves: readonly Leave[] = []): void {
    const { world, model, now } = this;
    const { id, limits } = process;
    model.passed(now);
    model.heard.set(id, now);
    model.declared.set(JSON.stringify(limits), { limits, at: now });
    this.expire();
    const line = { count: process.waiting.length, heads: process.waiting.slice(0, 64) };
    const changed = world.change(id, { limits, leaves, line });
    // A process remembers what it wrote. Now and then other documents come between, and it reads the text.
    if (this.random.chance(0.05))
      for (const concurrency of [1, 2, 3, 4]) new World({ concurrency }).ask(1, []);
    this.seeAssigned();
    const waited = process.waiting;
    for (const [ticket, answer] of changed.answers) this.answer(process, ticket, answer);
    if (changed.shut !== undefined) process.waiting = [];
    this.inOrder(waited, changed.answers);
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
    else {
      model.starts.splice(model.starts.indexOf(assigned.since), 1, now);
      model.running.set(ticket, attempt);
    }
  }

  /** A place was given: nothing may be exceeded by it. */
  begin(attempt: Running): void {
    const { model, now } = this;
    const lowest = model.lowest(now);
    must("no more places than the limit", model.running.size < lowest.places);
    must("no more starts than the rate", model.startsIn(now, WINDOW_MS) < lowest.starts);
    if (lowest.microUsd < Infinity) {
      const before = model.spent(now, WINDOW_MS) + model.reserved();
      must("there is money left", before < lowest.microUsd);
      must("the money is enough", before + attempt.reserved <= lowest.microUsd);
    }
    const { closed } = model;
    must("a trial only where the breaker is half-open", attempt.trial === (closed !== undefined));
    if (closed !== undefined) {
      must("no call while the breaker is open", closed.kind === "cooldown" && now >= closed.until);
      must("exactly one trial", ![...model.running.values()].some(({ trial }) => trial));
    }
    model.running.set(attempt.ticket, attempt);
    model.starts.push(now);
  }

  /** Places that another process was given, or that were taken back from it. */
  seeAssigned(): void {
    const { model, now, world } = this;
    if (world.text === undefined) return;
    const assigned = world.view().places.filter((place) => place.assigned);
    for (const [ticket, attempt] of model.running) {
      if (!attempt.assigned || assigned.some((place) => place.ticket === ticket)) continue;
      if (world.view().places.some((place) => place.ticket === ticket)) continue;
      model.running.delete(ticket);
      model.starts.splice(model.starts.indexOf(attempt.since), 1);
    }
    for (const { ticket, pid, trial, reservedUsd } of assigned) {
      if (model.running.has(ticket)) continue;
      const reserved = Math.round(reservedUsd * 1_000_000);
      this.begin({ process: pid - 1000, ticket, since: now, reserved, trial, assigned: true });
    }
  }

  /** Within a process, no call gets a place before one that came earlier. */
  inOrder(waited: readonly Waiting[], answers: ReadonlyMap<string, PlaceAnswer>): void {
    if (this.limits.budget) return;
    const kinds = waited.map(({ ticket }) => answers.get(ticket)?.kind).filter((kind) => kind !== "refused");
    const firstThatWaits = kinds.indexOf("waits");
    const overtaken = firstThatWaits !== -1 && kinds.indexOf("granted", firstThatWaits) !== -1;
    must("the order of arrival within a process", !overtaken);
  }

  /** No more trouble: each process looks once a second, and attempts end well. All who wait must be answered. */
  drain(): void {
    this.operateClose();
    const waiting = () => this.processes.reduce((sum, process) => sum + process.waiting.length, 0);
    const rounds = 40 + waiting() * 4;
    for (let round = 0; waiting() > 0; round++) {
      must("no one waits for ever", round < rounds);
      this.world.ms += 1000;
      for (const process of this.processes) {
        const leaves = this.attemptsOf(process).map((attempt) => this.endWell(attempt));
        this.look(process, leaves);
      }
    }
  }

  operateClose(): void {
    const event = { kind: "close", by: "ann", why: "all is well" } as const;
    this.world.change(0, { operator: event });
    this.model.operated(event, this.now);
    this.seeAssigned();
  }

  endWell(attempt: Running): Leave {
    this.model.ended(attempt, this.now, 0);
    if (this.limits.breaker) this.model.judged(attempt, undefined, 0, this.now, BREAKER);
    return { ticket: attempt.ticket, started: true, opens: true, microUsd: 0 };
  }
}

test(`${SEEDS} random histories never exceed a limit, and leave no one waiting`, () => {
  const seen = new Map<string, number>();
  for (let seed = 0; seed < SEEDS; seed++) {
    const run = new Run(seed);
    try {
      for (let step = 0; step < STEPS; step++) run.step();
      run.drain();
    } catch (error) {
      throw new Error(
        `The random history of seed ${seed} breaks a rule: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      );
    }
    for (const [code, count] of run.refused) seen.set(code, (seen.get(code) ?? 0) + count);
    seen.set("answered", (seen.get("answered") ?? 0) + run.answered);
  }
  // A history in which nothing happens would prove nothing.
  for (const code of ["busy", "over_budget", "circuit_open"]) expect(seen.get(code)).toBeGreaterThan(100);
  expect(seen.get("answered")).toBeGreaterThan(3000);
});
