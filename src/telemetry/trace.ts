import { tracingChannel, type TracingChannel } from "node:diagnostics_channel";
import {
  CHANNELS,
  type AttemptTrace,
  type CallTrace,
  type LedgerTrace,
  type TraceError,
} from "./channels.ts";

interface Contexts {
  call: CallTrace;
  attempt: AttemptTrace;
  ledger: LedgerTrace;
}

const channels = {
  call: tracingChannel(CHANNELS.call),
  attempt: tracingChannel(CHANNELS.attempt),
  ledger: tracingChannel(CHANNELS.ledger),
} as unknown as { readonly [Name in keyof Contexts]: TracingChannel<unknown, Contexts[Name]> };

const EVENTS = ["start", "end", "asyncStart", "asyncEnd", "error"] as const;

/** In Bun (1.4) a tracing channel does not tell this itself, only the channel of each event does. */
function hasSubscribers<Context extends object>(channel: TracingChannel<unknown, Context>): boolean {
  const told = channel.hasSubscribers as boolean | undefined;
  return told ?? EVENTS.some((event) => channel[event].hasSubscribers);
}

/**
 * Runs the work and publishes its events on the channel. Without a subscriber it only runs the work. The result or error goes to the
 * caller alone: `tracePromise` would put it into the context, where every subscriber could read the output.
 *
 * @param begin makes the context; not called without a subscriber
 * @param end fills in the context, and returns the failure if there is one
 */
export async function traced<Name extends keyof Contexts, T>(
  name: Name,
  begin: () => Contexts[Name],
  work: (context: Contexts[Name] | undefined) => Promise<T>,
  end: (
    context: Contexts[Name],
    result: PromiseSettledResult<T>,
    durationMs: number,
  ) => TraceError | undefined,
): Promise<T> {
  const channel: TracingChannel<unknown, Contexts[Name]> = channels[name];
  if (!hasSubscribers(channel)) return await work(undefined);
  const context = begin();
  const startedAt = performance.now();
  let settled: PromiseSettledResult<T> | undefined;
  const shown = channel.tracePromise(async () => {
    const [result] = await Promise.allSettled([work(context)]);
    settled = result;
    const failure = end(context, result, performance.now() - startedAt);
    if (failure !== undefined) throw failure;
  }, context);
  // The rejection was for the channel only.
  await shown.catch(() => undefined);
  if (settled === undefined) throw new Error("the traced work did not run");
  if (settled.status === "rejected") throw settled.reason;
  return settled.value;
}
