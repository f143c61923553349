import {
  context,
  propagation,
  SpanKind,
  SpanStatusCode,
  trace as tracing,
  type Attributes,
  type Context,
  type Span,
  type Tracer,
} from "@opentelemetry/api";
import { isAgent } from "../core/callee-kind.ts";
import type { AttemptTrace, CallTrace, LedgerTrace, TraceError } from "../telemetry/channels.ts";
import {
  attemptAttributes,
  callAttributes,
  endAttributes,
  outcomeAttributes,
  without,
} from "./attributes.ts";
import { AGENT, ATTRIBUTE } from "./names.ts";

/** Spans of calls, of their attempts, and of their uses of the ledger. */
export class Spans {
  readonly #tracer: Tracer;
  readonly #spans = new WeakMap<object, Span>();
  /** The context of each running call, for the spans inside it. */
  readonly #calls = new Map<string, Context>();

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  callStarted(trace: CallTrace): void {
    const parent = context.active();
    const span = this.#start(trace, `call ${trace.name}`, SpanKind.INTERNAL, callAttributes(trace), parent);
    this.#calls.set(trace.callId, tracing.setSpan(parent, span));
  }

  callEnded(trace: CallTrace): void {
    this.#calls.delete(trace.callId);
    this.#end(trace, outcomeAttributes(trace), trace.error);
  }

  /** hardcall starts the callee inside the span: spans of a task become its children, and a process gets its `TRACEPARENT`. */
  attemptStarted(trace: AttemptTrace): void {
    const parent = this.#calls.get(trace.callId) ?? context.active();
    const isProcess = trace.callee === "command" || isAgent(trace.callee);
    const kind = isProcess ? SpanKind.CLIENT : SpanKind.INTERNAL;
    const inside = tracing.setSpan(
      parent,
      this.#start(trace, attemptName(trace), kind, attemptAttributes(trace), parent),
    );
    trace.within = (work) => context.with(inside, work);
    propagation.inject(inside, trace.carrier, {
      // Names of environment variables are written in capitals (OpenTelemetry, "Environment Variables as Context Propagation Carriers").
      set: (carrier, name, value) => (carrier[name.toUpperCase().replaceAll("-", "_")] = value),
    });
  }

  attemptEnded(trace: AttemptTrace): void {
    this.#end(trace, endAttributes(trace), trace.error);
  }

  ledgerStarted(trace: LedgerTrace): void {
    const parent = (trace.callId && this.#calls.get(trace.callId)) || context.active();
    const attributes = without({
      [ATTRIBUTE.callName]: trace.name,
      [ATTRIBUTE.keySha256]: trace.keySha256,
      [ATTRIBUTE.ledgerOperation]: trace.operation,
    });
    this.#start(trace, `ledger ${trace.operation}`, SpanKind.INTERNAL, attributes, parent);
  }

  ledgerEnded(trace: LedgerTrace): void {
    this.#end(
      trace,
      without({ [ATTRIBUTE.ledgerAnswer]: trace.answer, [ATTRIBUTE.errorType]: trace.error?.code }),
      trace.error,
    );
  }

  #start(trace: object, name: string, kind: SpanKind, attributes: Attributes, parent: Context): Span {
    const span = this.#tracer.startSpan(name, { kind, attributes }, parent);
    this.#spans.set(trace, span);
    return span;
  }

  #end(trace: object, attributes: Attributes, error: TraceError | undefined): void {
    const span = this.#spans.get(trace);
    // The call started before `instrument`.
    if (span === undefined) return;
    span.setAttributes(attributes);
    if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
    span.end();
  }
}

function attemptName({ callee, executable }: AttemptTrace): string {
  if (isAgent(callee)) return AGENT.operation;
  return callee === "command" && executable !== undefined ? executable : `attempt ${callee}`;
}
