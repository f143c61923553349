import { randomBytes } from "node:crypto";
import { setImmediate as turnOfLoop } from "node:timers/promises";
import { giveWay } from "../../core/give-way.ts";
import type { Logger } from "../../core/logger.ts";
import { timeOfSending, type MachineTime } from "../../core/machine-time.ts";
import { mayPass } from "../../database/errors.ts";
import type { Connection } from "../../ledger/shared.ts";
import type { Instant } from "../../ledger/owner/instant.ts";
import type { Owner } from "../../ledger/owner/owner.ts";
import { namesOf, say, sayingOf, type Said, type Saying } from "./batch.ts";
import { CallLine, Waiter } from "./line.ts";
import { Orphans } from "./orphans.ts";
import { Places } from "./places.ts";
import { AgentTimer } from "./timer.ts";
import { hasTold, hasToTell } from "./told.ts";
import { isClosed, isFinal } from "./trouble.ts";
import type { EnterRequest, Entered } from "./gate-types.ts";
import { LedgerHold } from "./ledger-hold.ts";
import { noAnswer, sayingOnce, waitedTooLong } from "./gate-words.ts";
import type { PlaceAnswer, ResourceLimits } from "../types.ts";

/** How long one change may wait for other processes, or for a connection. */
const WITHIN_MS = 5000;

/** What an agent is made of. */
export interface ResourceAgentOptions {
  readonly resource: string;
  readonly limits: ResourceLimits;
  readonly connection: Connection;
  /** This process as the owner of what the agent writes. Two agents on one ledger are two owners. */
  readonly ownerOf: (owner: Owner) => Owner;
  readonly log: Logger | undefined;
}

/**
 * Speaks with the ledger for all calls of this process that use one resource. It makes one change at a time; what comes meanwhile is in
 * the next. A place that is given back wakes the next call of this process by itself. What other processes give back is found by a look,
 * at most once a second.
 */
export class ResourceAgent {
  readonly #options: ResourceAgentOptions;
  readonly #line = new CallLine();
  readonly #places = new Places(() => this.#pulse());
  readonly #orphans: Orphans;
  readonly #timer: AgentTimer;
  readonly #prefix = randomBytes(6).toString("base64url");
  #entered = 0;
  /** Those that a change names whose answer has not come. */
  #named: ReadonlySet<Waiter> = new Set();
  #inForce: ResourceLimits;
  #lastArrival: Instant | undefined;
  /** Whether the ledger has been told that calls wait here. */
  #isLineKnown = false;
  #hasNews = false;
  #isTalking = false;
  #lastError: unknown;
  readonly #disagree: (sentence: string | undefined) => void;
  readonly #hold: LedgerHold;

  constructor(options: ResourceAgentOptions) {
    this.#options = options;
    this.#inForce = options.limits;
    this.#orphans = new Orphans(options.resource, options.connection.store, () => this.#pulse());
    this.#disagree = sayingOnce(options);
    this.#hold = new LedgerHold(options.connection);
    this.#timer = new AgentTimer(() => this.#onTimer());
  }

  /** @throws LedgerError `ledger_unavailable` */
  async enter(request: EnterRequest): Promise<Entered> {
    const { signal, patient, look } = request;
    if (signal.aborted) return { kind: "cancelled" };
    const nth = (this.#entered += 1);
    const ticket = `${this.#prefix}-${nth.toString(36)}`;
    const waiter = new Waiter(nth, ticket, request, (cancelled) => this.#cancel(cancelled));
    signal.addEventListener("abort", waiter.onCancel, { once: true });
    const needsAnswer = look !== undefined || !patient || this.#inForce.budget !== undefined;
    this.#line.add(waiter, needsAnswer);
    // Behind a long line that waits, nothing can become of it before the next look.
    if (needsAnswer || !this.#line.isLong || !this.#isLineKnown) this.#pulse();
    this.#rest();
    return await waiter.answer;
  }

  #cancel(waiter: Waiter): void {
    this.#line.settle(waiter, { kind: "cancelled" });
    this.#afterDrop(waiter);
    // While others wait, the timer is theirs: 10,000 that are cancelled at once must not look at it 10,000 times.
    if (this.#line.size === 0) this.#rest();
  }

  #pulse(): void {
    this.#hasNews = true;
    if (!this.#isTalking && this.#timer.mayTalk) void this.#talk();
  }

  async #talk(): Promise<void> {
    this.#isTalking = true;
    hasToTell(this);
    while (this.#hasNews && this.#timer.mayTalk) {
      // Calls that enter in one turn share a change; what only gives back waits for the next call, which mostly comes in this turn.
      await (this.#line.size === 0 ? turnOfLoop() : giveWay());
      this.#hasNews = false;
      await this.#change();
    }
    this.#isTalking = false;
    this.#rest();
  }

  async #change(): Promise<void> {
    const { resource: name, limits, connection, ownerOf } = this.#options;
    const upTo = this.#entered;
    const saying = sayingOf({ name, limits }, this.#line, this.#places.leaves.all(), this.#lastArrival);
    const looks = saying.looking.flatMap(({ look }) => look ?? []);
    this.#named = namesOf(saying);
    const sentAt = timeOfSending();
    this.#timer.talks();
    try {
      const said = await connection.store.changeResource(
        { name, looks },
        (view) => {
          const { text, now, removal } = view;
          const liveness = this.#orphans.livenessIn(text, (owner) => view.liveness(owner));
          const moment = { now, owner: ownerOf(view.owner), liveness, removal };
          const answer = say(text, saying, view.looks, moment);
          return { text: answer.changed.text, answer };
        },
        { withinMs: WITHIN_MS },
      );
      this.#line.told(upTo);
      this.#apply(saying, said, sentAt);
    } catch (error) {
      this.#suffer(error);
    }
  }

  #apply(saying: Saying, { changed, found, arrivals }: Said, sentAt: MachineTime): void {
    const named = this.#named;
    this.#named = new Set();
    this.#lastError = undefined;
    this.#inForce = changed.inForce;
    this.#places.leaves.written(saying.leaves);
    for (const [waiter, arrivedAt] of arrivals) {
      waiter.arrivedAt = arrivedAt;
      this.#lastArrival = arrivedAt;
    }
    for (const [waiter, answer] of found) this.#line.settle(waiter, { kind: "known", answer });
    // While hardcall ends what a dead owner left running, no call is refused. When that has ended, the next change follows.
    const isPremature = this.#orphans.mayFreeSoon;
    let waiting = 0;
    for (const waiter of named) {
      const answer = changed.answers.get(waiter.ticket);
      if (answer?.kind === "waits") waiting += 1;
      if (answer === undefined || (isPremature && answer.kind === "refused")) continue;
      this.#answer(waiter, answer, sentAt);
    }
    if (changed.shut !== undefined && !isPremature) this.#line.shut(changed.shut);
    this.#places.renewed(sentAt);
    this.#disagree(changed.disagreement);
    this.#timer.said(isPremature ? { ...changed, nextLookMs: 0 } : changed);
    this.#isLineKnown = waiting > 0;
    // The next calls of the line become heads, in place of those that were answered.
    const isLineStale = this.#line.hasDue || (this.#line.size === 0) === this.#isLineKnown;
    if ((isLineStale && !isPremature) || this.#places.leaves.size > 0) this.#hasNews = true;
  }

  #answer(waiter: Waiter, answer: PlaceAnswer, sentAt: MachineTime): void {
    waiter.mayHavePlace = false;
    if (!this.#line.has(waiter)) {
      if (answer.kind === "granted") this.#places.leaveUnused(waiter.ticket);
      return;
    }
    switch (answer.kind) {
      case "granted": {
        const place = this.#places.grant(waiter.ticket, answer.trial, sentAt);
        this.#line.settle(waiter, { kind: "place", place, waitedMs: performance.now() - waiter.enteredAt });
        return;
      }
      case "refused":
        this.#line.settle(waiter, answer);
        return;
      case "waits":
        this.#line.waits(waiter);
        return;
      default:
        answer satisfies never;
    }
  }

  #suffer(error: unknown): void {
    const named = this.#named;
    this.#named = new Set();
    this.#lastError = error;
    this.#timer.failed({ waiting: this.#line.size, places: this.#places.size });
    // The change may have been written all the same.
    for (const waiter of named) {
      waiter.mayHavePlace = true;
      if (!this.#line.has(waiter)) this.#places.leaveUnused(waiter.ticket);
    }
    for (const waiter of this.#line.all()) {
      if (mayPass(error) && (this.#line.isKnown(waiter) || !isFinal(error))) continue;
      this.#line.fail(waiter, error);
      this.#afterDrop(waiter);
    }
    if (isClosed(error)) this.#places.leaves.drop();
    else if (this.#line.size + this.#places.leaves.size > 0) this.#hasNews = true;
  }

  /** It waits no more, and the ledger does not know that yet. */
  #afterDrop(waiter: Waiter): void {
    if (waiter.mayHavePlace && !this.#named.has(waiter)) this.#places.leaveUnused(waiter.ticket);
    // A place that was given to this process would stay unused: nothing looks any more.
    if (this.#line.size === 0 && this.#isLineKnown) this.#pulse();
  }

  #onTimer(): void {
    const { resource, connection } = this.#options;
    const now = performance.now();
    for (const waiter of this.#line.ended(now)) {
      const waitedMs = now - waiter.enteredAt;
      if (this.#line.isKnown(waiter) && this.#lastError === undefined) {
        this.#line.settle(waiter, waitedTooLong(resource, this.#inForce, waitedMs));
      } else {
        this.#line.fail(waiter, this.#lastError ?? noAnswer(resource, connection.store, waitedMs));
      }
      this.#afterDrop(waiter);
    }
    if (this.#timer.isLookDue) this.#pulse();
    this.#rest();
  }

  /** Sets the timer for what comes next, and lets go of the ledger when nothing does. */
  #rest(): void {
    const load = {
      waiting: this.#line.size,
      places: this.#places.size,
      leaves: this.#places.leaves.size,
      firstEnd: this.#line.firstEnd,
      isTalking: this.#isTalking,
      holdsExit: this.#line.size > 0 || this.#places.leaves.holdsExit,
    };
    this.#timer.rest(load);
    if (load.leaves === 0 && !load.isTalking) hasTold(this);
    if (load.isTalking || load.waiting + load.places + load.leaves > 0) this.#hold.take();
    else this.#hold.letGo();
  }
}
