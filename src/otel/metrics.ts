import type { Counter, Histogram, Meter } from "@opentelemetry/api";
import { isAgent } from "../core/callee-kind.ts";
import type { AttemptTrace, CallTrace, LedgerTrace } from "../telemetry/channels.ts";
import { agentAttributes, inputTokens, without } from "./attributes.ts";
import { ATTRIBUTE, BUCKETS, METRIC } from "./names.ts";

/** Metrics of calls, attempts and the ledger. Their attributes hold no ids, because each id would make a new time series. */
export class Metrics {
  readonly #calls: Histogram;
  readonly #attempts: Counter;
  readonly #cost: Counter;
  readonly #ledger: Histogram;
  readonly #agentSeconds: Histogram;
  readonly #agentTokens: Histogram;

  constructor(meter: Meter) {
    const seconds = { unit: "s", advice: { explicitBucketBoundaries: [...BUCKETS.seconds] } };
    const tokens = { unit: "{token}", advice: { explicitBucketBoundaries: [...BUCKETS.tokens] } };
    this.#calls = meter.createHistogram(METRIC.callDuration, {
      ...seconds,
      description: "Duration of a call until it settles",
    });
    this.#attempts = meter.createCounter(METRIC.attempts, {
      unit: "{attempt}",
      description: "Starts of a callee",
    });
    this.#cost = meter.createCounter(METRIC.cost, { unit: "USD", description: "Cost of attempts" });
    this.#ledger = meter.createHistogram(METRIC.ledgerDuration, {
      ...seconds,
      description: "One use of the ledger",
    });
    this.#agentSeconds = meter.createHistogram(METRIC.agentDuration, {
      ...seconds,
      description: "GenAI operation duration",
    });
    this.#agentTokens = meter.createHistogram(METRIC.agentTokens, {
      ...tokens,
      description: "Number of input and output tokens used",
    });
  }

  callEnded({ name, callee, outcome, error, durationMs = 0 }: CallTrace): void {
    const attributes = without({
      [ATTRIBUTE.callName]: name,
      [ATTRIBUTE.callee]: callee,
      [ATTRIBUTE.outcome]: outcome,
      [ATTRIBUTE.errorType]: error?.code,
    });
    this.#calls.record(durationMs / 1000, attributes);
  }

  attemptEnded(trace: AttemptTrace): void {
    const { name, callee, error, costUsd, agent, durationMs = 0 } = trace;
    const of = { [ATTRIBUTE.callName]: name, [ATTRIBUTE.callee]: callee };
    const failure = without({ [ATTRIBUTE.errorType]: error?.code });
    this.#attempts.add(1, { ...of, ...failure });
    if (costUsd !== undefined) this.#cost.add(costUsd, of);
    if (!isAgent(callee)) return;
    const agentOf = agentAttributes(trace);
    this.#agentSeconds.record(durationMs / 1000, { ...agentOf, ...failure });
    const tokens = agent?.tokens;
    if (tokens === undefined) return;
    this.#agentTokens.record(inputTokens(tokens), { ...agentOf, [ATTRIBUTE.tokenType]: "input" });
    this.#agentTokens.record(tokens.output, { ...agentOf, [ATTRIBUTE.tokenType]: "output" });
  }

  ledgerEnded({ operation, error, durationMs = 0 }: LedgerTrace): void {
    const attributes = without({
      [ATTRIBUTE.ledgerOperation]: operation,
      [ATTRIBUTE.errorType]: error?.code,
    });
    this.#ledger.record(durationMs / 1000, attributes);
  }
}
