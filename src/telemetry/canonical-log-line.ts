import { isBlank } from "../core/blank.ts";
import type { Settled } from "../core/settled.ts";
import { kindsOf } from "./facts.ts";

export interface Line {
  readonly level: "info" | "warn" | "error";
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/**
 * The log line of a call that has settled: a failure at error, a success without output and evidence at warn, everything else at info. It
 * holds counts, codes and hashes, and no input or output.
 */
export function lineOf(settled: Settled<unknown>): Line {
  const fields = fieldsOf(settled);
  const head = `${settled.name} ${settled.outcome}`;
  if (settled instanceof Error) return { level: "error", fields, message: `${head}: ${settled.code}` };
  const { replay } = settled;
  if (replay !== undefined) return { level: "info", fields, message: `${head} from call ${replay.callId}` };
  if (hasProof(settled)) return { level: "info", fields, message: head };
  return { level: "warn", fields, message: `${head} without output or evidence` };
}

/** Whether the success has a value or evidence, and not only a good exit code. */
function hasProof(settled: Settled<unknown>): boolean {
  if (settled instanceof Error) return false;
  const { value, evidence = [] } = settled;
  if (evidence.length > 0) return true;
  return typeof value === "string" ? !isBlank(value) : value !== undefined && value !== null;
}

function fieldsOf(settled: Settled<unknown>): Record<string, unknown> {
  const { callId, name, key, outcome, attempts, durationMs, exitCode, signal, replay, evidence } = settled;
  const failure = settled instanceof Error ? settled : undefined;
  const { stdoutBytes, stdoutSha256, requestedBy, resource, waitedMs } = settled;
  return {
    call: name,
    callId,
    outcome,
    ...(failure && { code: failure.code, effect: failure.effect, retryable: failure.retryable }),
    ...(failure?.retryAfterMs !== undefined && { retryAfterMs: failure.retryAfterMs }),
    ...(replay && { ofCallId: replay.callId, ageMs: replay.ageMs, settledBy: replay.settledBy }),
    ...(key !== undefined && { keySha256: hashKey(key) }),
    ...(requestedBy !== undefined && { requestedBy }),
    ...(resource !== undefined && { resource, waitedMs }),
    // Why nothing was started: often the log is all that an operator has.
    ...(failure?.circuit && { circuit: failure.circuit }),
    attempts: attempts.length,
    ms: durationMs,
    ...(exitCode !== undefined && { exitCode }),
    ...(signal !== undefined && { signal }),
    // Not for a callee without stdout: the hash of empty output would look like a failure.
    ...((stdoutBytes > 0 || exitCode !== undefined) && { stdoutBytes, stdoutSha256 }),
    evidence: kindsOf(evidence),
    ...(settled.totalCostUsd !== undefined && { costUsd: settled.totalCostUsd }),
  };
}

/** A hash in place of the key, which may name a customer: long enough to find the call in the ledger. */
export function hashKey(key: string): string {
  // Loaded for calls with a key only.
  const { createHash } = process.getBuiltinModule("node:crypto");
  return createHash("sha256").update(key).digest("hex").slice(0, 16);
}
