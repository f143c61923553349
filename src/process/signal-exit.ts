/**
 * How many of a signal's listeners are signal-exit's (execa and many others load it). They look like handlers of the
 * host and are none: each waits until only its own kind is left, and then ends the process. Every copy of a major
 * version counts itself on one emitter: version 3 on `process.__signal_exit_emitter__`, version 4 on a symbol of the
 * global object (signal-exit 3.0.7 `index.js`, 4.1.0 `dist/mjs/index.js`).
 */
export function signalExitListeners(): number {
  const version3 = (process as unknown as Record<string, unknown>)["__signal_exit_emitter__"];
  const version4 = (globalThis as Record<symbol, unknown>)[Symbol.for("signal-exit emitter")];
  return countOf(version3) + countOf(version4);
}

function countOf(emitter: unknown): number {
  const count: unknown = (emitter as { count?: unknown } | null | undefined)?.count;
  return typeof count === "number" ? count : 0;
}
