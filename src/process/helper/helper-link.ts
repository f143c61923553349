import type { Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { HelperProcess, type GuardHelper } from "./helper-process.ts";
import type { HandOver, Order, Word } from "./messages.ts";
import { orAborted } from "./or-aborted.ts";
import { patience } from "./patience.ts";
import { OrderPlaces } from "./order-places.ts";
import { RemoteChild } from "./remote-child.ts";
import { Reserve } from "./reserve.ts";
import { spawnHelper, type SpawnedHelper } from "./spawn-helper.ts";

/** Orders that the helper has not answered. More wait here, where a call that is cancelled meanwhile has started nothing. */
const MOST_UNANSWERED = 8;
/** A helper that was heard so short a time ago is at work. An older word may be that of one that is stopped by now. */
const WORD_LASTS_MS = 20;
/** Within which a helper that is at work answers. */
const PONG_MS = 200;
/** How often, and for how long, a helper is asked for a word that should have come. */
const REST_EVERY_MS = 1000;
/** How often a process that has no descriptor left looks for some. */
const ROOM_EVERY_MS = 50;
/** How long after the end of a child it does. */
const ROOM_WITHIN_MS = 1000;

export type HelperAnswer =
  | { readonly type: "child"; readonly child: RemoteChild }
  | { readonly type: "refused"; readonly code: string };

interface Waiting {
  readonly input: Uint8Array | undefined;
  readonly reserve: Reserve;
  readonly answer: (answer: HelperAnswer) => void;
}

/** This process's end of one helper. */
export class HelperLink {
  readonly #helper: HelperProcess;
  readonly #unanswered = new Map<number, Waiting>();
  readonly #children = new Map<number, RemoteChild>();
  #nextId = 1;
  #heardAt = -Infinity;
  /** When the first ping was sent that nothing has answered. */
  #askedAt: number | undefined;
  #word = Promise.withResolvers<void>();
  #isRetired = false;
  readonly #over = Promise.withResolvers<void>();
  readonly #places = new OrderPlaces();

  private constructor(helper: SpawnedHelper, guard: GuardHelper) {
    this.#helper = new HelperProcess(helper, guard, {
      onWord: (word) => this.#hear(word),
      onHandOver: (message, socket) => this.#receive(message, socket),
      onGone: () => this.#lose(),
    });
  }

  /** @returns `undefined` where no helper can be started */
  static open(guard: GuardHelper): HelperLink | undefined {
    const helper = spawnHelper();
    return helper && new HelperLink(helper, guard);
  }

  get isReady(): boolean {
    return this.#heardAt > -Infinity;
  }

  /** It takes no order any more. */
  get isGone(): boolean {
    return this.#helper.isEnding;
  }

  /** It starts or watches something. */
  get isBusy(): boolean {
    return this.#unanswered.size + this.#children.size > 0;
  }

  /** For how long it has not answered; 0 if it has. */
  get silentMs(): number {
    return this.#askedAt === undefined ? 0 : performance.now() - this.#askedAt;
  }

  /** Whether the helper answers now. */
  async isAwake(withinMs = PONG_MS, signal?: AbortSignal): Promise<boolean> {
    if (this.isGone) return false;
    if (performance.now() - this.#heardAt < WORD_LASTS_MS) return true;
    const word = this.#word.promise;
    const asked = performance.now();
    this.#askedAt ??= asked;
    this.#helper.tell({ type: "ping" });
    // Who has waited in vain has waited for all.
    const leftMs = Math.max(0, withinMs - this.silentMs);
    this.#helper.hold();
    await patience(orAborted(Promise.race([word, this.#over.promise]), signal), leftMs);
    this.#helper.letGo();
    return this.#heardAt >= asked && !this.isGone;
  }

  /** Whether anything was heard of the helper since a moment of `performance.now()`. */
  wasHeardSince(moment: number): boolean {
    return this.#heardAt >= moment;
  }

  /** Waits until the helper has answered enough of what it was sent. Then `start` or `pass` must follow at once. */
  place(signal: AbortSignal): Promise<void> {
    return this.#places.enter(() => this.#unanswered.size < MOST_UNANSWERED || this.isGone, signal);
  }

  /** Lets the next one have the place. */
  pass(): void {
    this.#places.passOn();
  }

  /**
   * Hands an order over. From now on the process may have started, until the answer says that it has not. A helper that ends without an
   * answer answers with a child that is lost.
   */
  start(
    order: Omit<Order, "type" | "id">,
    input: Uint8Array | undefined,
    reserve: Reserve,
  ): Promise<HelperAnswer> {
    const { promise, resolve } = Promise.withResolvers<HelperAnswer>();
    const id = this.#nextId++;
    this.#unanswered.set(id, { input, reserve, answer: resolve });
    this.#helper.hold();
    this.#helper.tell({ type: "start", id, ...order });
    return promise;
  }

  /** Ends the helper at once. It starts nothing from now on. */
  kill(): void {
    this.#helper.kill();
  }

  /** Ends the helper as soon as nothing that it started runs any more. */
  retire(): void {
    this.#isRetired = true;
    this.#endIfIdle();
  }

  #endIfIdle(): void {
    if (this.#isRetired && !this.isBusy) this.kill();
  }

  #hear(word: Word): void {
    this.#heardAt = performance.now();
    this.#askedAt = undefined;
    this.#word.resolve();
    this.#word = Promise.withResolvers();
    if (word.type === "pong") return;
    const { id } = word;
    if (word.type === "refused" || word.type === "started") this.#answer(word);
    else if (word.type === "offer") this.#ask(id);
    else {
      const child = this.#children.get(id);
      if (word.type === "exit") child?.end(word);
      else child?.takeWhole(word.of, Buffer.from(word.base64, "base64"));
      if (child?.isDone) this.#children.delete(id);
    }
    this.#endIfIdle();
  }

  #answer(word: Extract<Word, { type: "refused" | "started" }>): void {
    const waiting = this.#unanswered.get(word.id);
    if (waiting === undefined) return;
    this.#unanswered.delete(word.id);
    this.pass();
    if (word.type === "refused") {
      waiting.reserve.free();
      this.#helper.letGo();
      waiting.answer({ type: "refused", code: word.code });
      return;
    }
    const child = this.#newChild(word, waiting);
    this.#children.set(word.id, child);
    void this.#expectRest(child);
    waiting.answer({ type: "child", child });
  }

  #receive(message: HandOver, socket: Socket | undefined): void {
    const { id } = message;
    const child = this.#children.get(id);
    if (child === undefined) socket?.destroy();
    // Its output would be missing from a success.
    else if (message.type === "output" && socket === undefined) this.kill();
    else child.take(message, socket);
    if (child?.isDone) this.#children.delete(id);
    this.#endIfIdle();
  }

  /**
   * A process that has ended has closed its outputs as a rule, and the helper tells both. One that tells one of them only, and does not
   * answer, is stopped and would never tell the other.
   */
  async #expectRest(child: RemoteChild): Promise<void> {
    await child.hasEndedHalf;
    while (!child.isDone && !this.isGone) {
      await wait(REST_EVERY_MS, undefined, { ref: false });
      if (!child.isDone && !this.isGone && !(await this.isAwake(REST_EVERY_MS))) this.kill();
    }
  }

  /** Asks for the sockets that are offered. Until there is room for them the child's output waits; all that is left of it comes at its end. */
  #ask(id: number): void {
    const child = this.#children.get(id);
    if (child === undefined || this.isGone) return;
    if (!Reserve.hasRoom()) {
      // Another process holds the output of one that has ended, and what the helper has read of it does not come.
      if (child.isOver && child.exitAgeMs() > ROOM_WITHIN_MS) {
        this.#children.delete(id);
        child.lose();
        this.#endIfIdle();
      } else setTimeout(() => this.#ask(id), ROOM_EVERY_MS).unref();
      return;
    }
    child.reserve.freeFor(child.outputsTaken, child.outputsClosed);
    this.#helper.tell({ type: "give", id });
  }

  #newChild(
    leader: { readonly pid: number; readonly startTime: number | undefined },
    { input, reserve }: Waiting,
  ): RemoteChild {
    let isHeld = true;
    return new RemoteChild(leader, input, reserve, () => {
      if (isHeld) this.#helper.letGo();
      isHeld = false;
    });
  }

  #lose(): void {
    this.#over.resolve();
    const children = [...this.#children.values()];
    for (const waiting of this.#unanswered.values()) {
      const child = this.#newChild({ pid: 0, startTime: undefined }, waiting);
      children.push(child);
      waiting.answer({ type: "child", child });
    }
    this.#unanswered.clear();
    this.#children.clear();
    this.#places.openAll();
    // After the calls have their listeners.
    setImmediate(() => {
      for (const child of children) child.lose();
    });
  }
}
