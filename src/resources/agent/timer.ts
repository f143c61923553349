import type { Changed } from "../types.ts";

/** The shortest time between two looks of one process at one resource. */
const LOOK_MS = 1000;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1000;
/** Where only the end of an attempt is still to be written. */
const LONGEST_PAUSE_IDLE_MS = 5000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What an agent has under way. */
export interface Load {
  readonly waiting: number;
  readonly places: number;
  /** Places that are to be given back. */
  readonly leaves: number;
  /** When the time of the first call that waits is over, on the clock of `performance.now()`. */
  readonly firstEnd: number;
  /** A change is under way. */
  readonly isTalking: boolean;
  /** Whether the process should stay alive for it. */
  readonly holdsExit: boolean;
}

/** When an agent speaks with the ledger by itself. It has one timer, and none when nothing waits and no place is held. */
export class AgentTimer {
  readonly #onTime: () => void;
  #talkedAt = -Infinity;
  #nextLookMs = LOOK_MS;
  #leaseMs = 30_000;
  #pauseMs = 0;
  #pausedUntil = -Infinity;
  #lookAt = Infinity;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Infinity;

  constructor(onTime: () => void) {
    this.#onTime = onTime;
  }

  /** Whether the pause after a change that failed is over. */
  get mayTalk(): boolean {
    return performance.now() >= this.#pausedUntil;
  }

  get isLookDue(): boolean {
    return performance.now() >= this.#lookAt;
  }

  talks(): void {
    this.#talkedAt = performance.now();
  }

  said({ nextLookMs, leaseMs }: Pick<Changed, "nextLookMs" | "leaseMs">): void {
    this.#nextLookMs = nextLookMs;
    this.#leaseMs = leaseMs;
    this.#pauseMs = 0;
  }

  failed(load: Pick<Load, "waiting" | "places">): void {
    const longest = load.waiting + load.places > 0 ? LONGEST_PAUSE_MS : LONGEST_PAUSE_IDLE_MS;
    this.#pauseMs = Math.min(Math.max(FIRST_PAUSE_MS, this.#pauseMs * 2), longest);
    this.#pausedUntil = performance.now() + this.#pauseMs;
  }

  /** Sets the timer for what comes next. */
  rest(load: Load): void {
    this.#lookAt = this.#nextLook(load);
    const at = Math.min(this.#lookAt, load.firstEnd);
    // One that fires too early finds nothing to do. 10,000 calls that enter must not set it 10,000 times.
    if (this.#timerAt > at || at === Infinity) this.#set(at);
    if (load.holdsExit) this.#timer?.ref();
    else this.#timer?.unref();
  }

  #nextLook({ isTalking, waiting, places, leaves }: Load): number {
    if (isTalking || waiting + places + leaves === 0) return Infinity;
    if (this.#pauseMs > 0) return this.#pausedUntil;
    // Each change renews the lease.
    const renewMs = this.#leaseMs / 3;
    const lookMs = waiting > 0 ? Math.min(Math.max(LOOK_MS, this.#nextLookMs), renewMs) : renewMs;
    return this.#talkedAt + lookMs;
  }

  #set(at: number): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#timerAt = at;
    if (at === Infinity) return;
    const inMs = Math.min(Math.max(1, Math.ceil(at - performance.now())), LONGEST_TIMER_MS);
    this.#timer = setTimeout(() => {
      this.#timerAt = Infinity;
      this.#onTime();
    }, inMs);
  }
}
