import { tracingChannel, type TracingChannelSubscribers } from "node:diagnostics_channel";
import { metrics as metering, trace as tracing, type Meter, type Tracer } from "@opentelemetry/api";
import { CHANNELS, type AttemptTrace, type CallTrace, type LedgerTrace } from "../telemetry/channels.ts";
import { Metrics } from "./metrics.ts";
import { SCOPE } from "./names.ts";
import { Spans } from "./spans.ts";

export interface InstrumentOptions {
  /** @default the global tracer provider's */
  readonly tracer?: Tracer | undefined;
  /** @default the global meter provider's */
  readonly meter?: Meter | undefined;
  /** Whether each use of the ledger, except heartbeats, gets a span of its own. @default false */
  readonly ledgerSpans?: boolean | undefined;
}

/**
 * Makes OpenTelemetry spans and metrics of calls: a span per call, below it one per attempt (`invoke_agent` for an agent, the name of the
 * executable for a command), and durations, attempts, tokens and cost. A child process gets the attempt's `TRACEPARENT`. No span or metric
 * holds arguments, environment, prompt or output. Call it once, after the SDK is set up.
 *
 * @returns a function that stops it
 * @example
 * import { instrument } from "hardcall/otel";
 * instrument();
 */
export function instrument(options: InstrumentOptions = {}): () => void {
  const spans = new Spans(options.tracer ?? tracing.getTracer(SCOPE));
  const metrics = new Metrics(options.meter ?? metering.getMeter(SCOPE));
  const { ledgerSpans = false } = options;
  const stops = [
    subscribe<CallTrace>(CHANNELS.call, {
      start: (trace) => spans.callStarted(trace),
      asyncEnd: (trace) => {
        spans.callEnded(trace);
        metrics.callEnded(trace);
      },
    }),
    subscribe<AttemptTrace>(CHANNELS.attempt, {
      start: (trace) => spans.attemptStarted(trace),
      asyncEnd: (trace) => {
        spans.attemptEnded(trace);
        metrics.attemptEnded(trace);
      },
    }),
    subscribe<LedgerTrace>(CHANNELS.ledger, {
      start: (trace) => {
        if (ledgerSpans && trace.operation !== "heartbeat") spans.ledgerStarted(trace);
      },
      asyncEnd: (trace) => {
        spans.ledgerEnded(trace);
        metrics.ledgerEnded(trace);
      },
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

const ignore = () => undefined;

/** Subscribes to two events. A tracing channel needs a function for all five. */
function subscribe<Trace extends object>(
  name: string,
  { start, asyncEnd }: { readonly start: (trace: Trace) => void; readonly asyncEnd: (trace: Trace) => void },
): () => void {
  const channel = tracingChannel(name);
  const subscribers = {
    start,
    end: ignore,
    asyncStart: ignore,
    asyncEnd,
    error: ignore,
  } as unknown as TracingChannelSubscribers<object>;
  channel.subscribe(subscribers);
  return () => {
    channel.unsubscribe(subscribers);
  };
}
