/** Why a call was cancelled when its host was told to end. */
export class HostSignal extends Error {
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals) {
    super(`the process received ${signal}`);
    this.name = "HostSignal";
    this.signal = signal;
  }
}

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

type Stop = (reason: HostSignal) => void;

const running = new Set<Stop>();
let received: NodeJS.Signals | undefined;

/**
 * While a call runs, SIGINT and SIGTERM to the host stop it. Its processes are in groups of their own, which the terminal
 * does not reach. When the last call has ended, the signal does what it would have done: a host without a handler of its
 * own dies of it. A second signal does not wait.
 *
 * @returns takes the call out
 */
export function onHostSignal(stop: Stop): () => void {
  running.add(stop);
  if (running.size === 1) for (const signal of SIGNALS) process.on(signal, listen);
  return () => {
    if (!running.delete(stop) || running.size > 0) return;
    for (const signal of SIGNALS) process.removeListener(signal, listen);
    const signal = received;
    received = undefined;
    // Whoever awaits the call hears of its end first.
    if (signal !== undefined) setImmediate(() => dieOf(signal));
  };
}

function listen(signal: NodeJS.Signals): void {
  if (received !== undefined) {
    for (const name of SIGNALS) process.removeListener(name, listen);
    dieOf(signal);
    return;
  }
  received = signal;
  for (const stop of running) stop(new HostSignal(signal));
}

function dieOf(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
}
