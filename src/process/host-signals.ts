import { AsyncLocalStorage } from "node:async_hooks";
import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";
import { END_SIGNALS, exitInPlaceOf, raiseAgain } from "./end-signals.ts";
import { onOwnExit } from "./exit-by-signal.ts";
import { signalExitListeners } from "./signal-exit.ts";

const HOST_SIGNAL = Symbol.for("hardcall.HostSignal");
const SHARED = Symbol.for("hardcall.hostSignals.1");

/** Why a call was cancelled when its host was told to end. */
export class HostSignal extends Error {
  readonly signal: NodeJS.Signals;

  /** By brand: another copy of the package may have made it. */
  static override [Symbol.hasInstance](value: unknown): value is HostSignal {
    return typeof value === "object" && value !== null && HOST_SIGNAL in value;
  }

  constructor(signal: NodeJS.Signals) {
    super(`the process received ${signal}`);
    this.name = "HostSignal";
    this.signal = signal;
    Object.defineProperty(this, HOST_SIGNAL, { value: true });
  }
}

/** The registration of a running call: a signal stops it, and the host waits for its end. */
export interface HostPlace {
  /** Aborts with a `HostSignal`; already aborted if the host is about to die of one. */
  readonly signal: AbortSignal;
  /** The call has ended and written everything. */
  leave(): void;
}

/** A signal that has arrived, on the clock of `performance.now()`. */
export interface Received {
  readonly signal: NodeJS.Signals;
  readonly at: number;
}

/** GNU timeout delivers one signal twice, to the process and to its group. A person is slower than this. */
const ECHO_MS = 300;

/** Whether a signal is the previous one, delivered twice. */
export const isEcho = (before: Received | undefined, { signal, at }: Received): boolean =>
  before?.signal === signal && at - before.at < ECHO_MS;

/** A turn of the event loop without other work. */
const QUIET_TURN_MS = 1;

/** How long signal-exit has to end the process. Its callback may decide that the process lives on. */
const SIGNAL_EXIT_MS = 1000;

/**
 * While a call runs, the signals that ask the host to end stop it, because Ctrl-C in a terminal does not reach the call's own process
 * groups.
 * A host with its own handler decides about itself. A host without one starts no more calls and dies of the signal as soon as the running
 * calls have ended. A second signal does not wait for them.
 */
class HostSignals {
  readonly #running = new Set<AbortController>();
  #isListening = false;
  #isLeaving = false;
  /** The newest signal since the first running call began. */
  #received: Received | undefined;
  /** The host has no handler of its own and dies of this. */
  #ending: HostSignal | undefined;
  /** While the host is to die of a signal: takes back that its own exit is one of it. */
  #exitAsItSays: (() => void) | undefined;
  /** The signal has been raised again; resolves when the process lives on all the same. */
  #dying: Promise<void> | undefined;

  enter(): HostPlace {
    const controller = new AbortController();
    if (this.#ending !== undefined) {
      controller.abort(this.#ending);
      return { signal: controller.signal, leave: () => undefined };
    }
    this.#running.add(controller);
    this.#listen();
    return { signal: controller.signal, leave: () => this.#leave(controller) };
  }

  /** Lets the loop turn, so that the host can die: a program that makes one call after the other would never let it. */
  async letDie(): Promise<void> {
    await turn();
    await this.#dying;
  }

  #leave(controller: AbortController): void {
    if (!this.#running.delete(controller) || this.#running.size > 0) return;
    const ending = this.#ending;
    // The code that awaits the call continues first.
    if (ending !== undefined) setImmediate(() => this.#die(ending.signal));
    else this.#stopListeningWhenQuiet();
  }

  #listen(): void {
    if (this.#isListening) return;
    this.#isListening = true;
    // First in the list: a `once` handler of the host is no longer in it after its own turn.
    for (const signal of END_SIGNALS) process.prependListener(signal, this.#onSignal);
  }

  #stopListening(): void {
    this.#isListening = false;
    for (const signal of END_SIGNALS) process.removeListener(signal, this.#onSignal);
  }

  /**
   * libuv drops a signal that has arrived when its last listener leaves before the loop comes to it. In a row of short
   * calls that is nearly every signal. So the listeners stay until the loop has turned once with nothing else to do.
   */
  #stopListeningWhenQuiet(): void {
    if (this.#isLeaving) return;
    this.#isLeaving = true;
    let turnedAt = Number.NEGATIVE_INFINITY;
    const look = (): void => {
      const now = performance.now();
      if (this.#running.size === 0 && now - turnedAt > QUIET_TURN_MS) {
        turnedAt = now;
        setImmediate(look);
        return;
      }
      this.#isLeaving = false;
      if (this.#running.size > 0) return;
      this.#received = undefined;
      this.#stopListening();
    };
    setImmediate(look);
  }

  readonly #onSignal = (signal: NodeJS.Signals): void => {
    const before = this.#received;
    const received = { signal, at: performance.now() };
    if (isEcho(before, received)) return;
    this.#received = received;
    const reason = new HostSignal(signal);
    if (!this.#hasHandler(signal)) {
      if (this.#running.size === 0 || before !== undefined) {
        this.#die(signal);
        return;
      }
      this.#ending = reason;
      this.#exitAsItSays ??= onOwnExit((tell) => this.#dieAtExit(signal, tell));
    }
    // Not those that the host's handlers make now, to clean up.
    const stopped = [...this.#running];
    // After the host's own handlers, so that a caller's cancel keeps its own reason.
    queueMicrotask(() => {
      for (const controller of stopped) controller.abort(reason);
    });
  };

  #hasHandler(signal: NodeJS.Signals): boolean {
    const others = process.listeners(signal).filter((listener) => listener !== this.#onSignal);
    return others.length > signalExitListeners();
  }

  #die(signal: NodeJS.Signals): void {
    this.#stopListening();
    const hasHandler = this.#hasHandler(signal);
    const exitCode = exitInPlaceOf(signal);
    if (exitCode !== undefined && !hasHandler) process.exit(exitCode);
    raiseAgain(signal);
    // Still alive: a handler that the host added since decides, or signal-exit ends the process when the loop turns.
    const stay = (): void => {
      this.#ending = undefined;
      this.#exitAsItSays?.();
      this.#exitAsItSays = undefined;
      this.#dying = undefined;
      // The signal that was raised again is no second one for the calls that start now.
      this.#received = hasHandler ? { signal, at: performance.now() } : undefined;
    };
    if (hasHandler) stay();
    // The timer keeps the loop alive: a program that has nothing more to do must not exit with 0 instead.
    else this.#dying = wait(SIGNAL_EXIT_MS).then(stay);
  }

  /** No turn of the loop comes any more: what is to happen happens within this call. */
  #dieAtExit(signal: NodeJS.Signals, tell: () => void): void {
    this.#stopListening();
    if (this.#hasHandler(signal)) return;
    const exitCode = exitInPlaceOf(signal);
    if (exitCode !== undefined) {
      process.exitCode = exitCode;
      return;
    }
    tell();
    // signal-exit's listeners would swallow the signal. They run their callbacks and raise it, one version after the other.
    for (let rounds = signalExitListeners(); rounds > 0; rounds--) process.emit(signal, signal);
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  }
}

/** One for all copies of the package in this process: each alone would take the others' listeners for the host's. */
function shared(): Pick<HostSignals, "enter" | "letDie"> {
  const holder = globalThis as { [SHARED]?: HostSignals };
  holder[SHARED] ??= new HostSignals();
  return holder[SHARED];
}

/** What stops the calls of a worker, those that its calls make included, in place of a signal to the host. */
const hosts = new AsyncLocalStorage<AbortSignal>();

/** Takes part: from now on a signal to the host stops the call, and the host waits for it. */
export function enterHost(): HostPlace {
  const signal = hosts.getStore();
  return signal === undefined ? shared().enter() : { signal, leave: () => undefined };
}

/** The calls that `work` makes are stopped by `signal`, and not by a signal to the host: a worker lets them end first. It has a place itself. */
export const underHost = <T>(signal: AbortSignal, work: () => T): T => hosts.run(signal, work);

/** Gives the host time to die, before a call that must not start tells that it was cancelled. */
export const letHostDie = (): Promise<void> => shared().letDie();
