import type { CallIdentity } from "../core/callee.ts";
import { isAgent } from "../core/callee-kind.ts";
import type { FinishedAttempt } from "./attempt.ts";
import type { Definition } from "./invocation.ts";
import type { Settled } from "../core/settled.ts";
import { agentFacts } from "../telemetry/agent-facts.ts";
import type { AttemptTrace } from "../telemetry/channels.ts";
import { kindsOf } from "../telemetry/facts.ts";
import { traced } from "../telemetry/trace.ts";
import { hashKey } from "../telemetry/canonical-log-line.ts";

/** A call on the channel `hardcall:call`. */
export function traceCall<T extends Settled<unknown>>(
  {
    name,
    callee,
    effects,
    resource,
  }: Pick<Definition<never, never, object>, "name" | "callee" | "effects" | "resource">,
  { callId, key }: { readonly callId: string; readonly key: string | undefined },
  work: () => Promise<T>,
): Promise<T> {
  return traced(
    "call",
    () => ({
      callId,
      name,
      callee: callee.kind,
      effects,
      ...(key !== undefined && { keySha256: hashKey(key) }),
      ...(resource && { resource: resource.name }),
    }),
    work,
    (context, result, durationMs) => {
      context.durationMs = durationMs;
      if (result.status === "rejected")
        return { code: "invalid_config", message: `The call "${name}" could not be made.` };
      const settled: Settled<unknown> = result.value;
      const { outcome, attempts, totalCostUsd, replay, waitedMs } = settled;
      Object.assign(context, { outcome, attempts: attempts.length });
      if (waitedMs !== undefined) context.waitedMs = waitedMs;
      if (totalCostUsd !== undefined) context.costUsd = totalCostUsd;
      if (replay !== undefined) context.ofCallId = replay.callId;
      if (!(settled instanceof Error)) {
        context.evidence = kindsOf(settled.evidence);
        return undefined;
      }
      const { code, effect, message } = settled;
      Object.assign(context, { code, effect });
      return { code, message };
    },
  );
}

/** An attempt on the channel `hardcall:attempt`. */
export function traceAttempt<Value, Details extends object>(
  { callId, name, attempt }: CallIdentity,
  callee: Pick<Definition<never, never, object>["callee"], "kind" | "telemetry">,
  work: (context: AttemptTrace | undefined) => Promise<FinishedAttempt<Value, Details>>,
): Promise<FinishedAttempt<Value, Details>> {
  return traced(
    "attempt",
    () => ({ callId, name, callee: callee.kind, attempt, ...callee.telemetry, carrier: {} }),
    work,
    (context, result, durationMs) => {
      context.durationMs = durationMs;
      if (result.status === "rejected")
        return { code: "job_failed", message: "met a fault of hardcall's own" };
      const { record, report } = result.value;
      const { code, message = "", effect, exitCode, signal, costUsd, evidence } = record;
      Object.assign(context, {
        effect,
        evidence: kindsOf(evidence),
        ...(exitCode !== undefined && { exitCode }),
        ...(signal !== undefined && { signal }),
        ...(costUsd !== undefined && { costUsd }),
        ...(report.stdoutBytes !== undefined && {
          stdoutBytes: report.stdoutBytes,
          stdoutSha256: record.stdoutSha256,
        }),
      });
      if (isAgent(callee.kind)) context.agent = agentFacts(callee.kind, report.details ?? {});
      if (code === undefined) return undefined;
      context.code = code;
      return { code, message };
    },
  );
}
