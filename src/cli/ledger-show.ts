import { formatDuration } from "../core/duration.ts";
import type { LedgerAttempt, Resolution } from "../ledger/operation/state.ts";
import type { OperationHistory } from "../ledger/store/store.ts";
import { visible } from "./terminal/visible.ts";

const STDERR_LINES = 10;

/** Everything the ledger knows of one operation, for a person. */
export function describeHistory({ record, attempts, resolutions }: OperationHistory): string {
  const { name, key, state, settledBy, effects, effect, callId, value } = record;
  return [
    `${name}  ${visible(key)}`,
    `  state    ${state}${settledBy === undefined ? "" : ` (by ${settledBy})`}`,
    `  effects  ${effects}`,
    `  effect   ${effect}`,
    `  call     ${visible(callId)}`,
    `  value    ${value.kept}${"bytes" in value ? `, ${value.bytes} bytes` : ""}`,
    ...attempts.flatMap((attempt, index) => describeAttempt(attempt, index + 1)),
    ...resolutions.map(describeResolution),
  ].join("\n");
}

function describeAttempt(attempt: LedgerAttempt, number: number): string[] {
  const { code, effect, exitCode, signal, stdoutBytes, stdoutSha256, stderrTail, endedAt, startedAt } =
    attempt;
  const { requestedBy } = attempt;
  const ended =
    endedAt === undefined
      ? "no end recorded"
      : `${code ?? "succeeded"}, effect ${effect ?? "unknown"}, after ${formatDuration(endedAt - startedAt)}`;
  const lines = [
    `  attempt ${number}${attempt.late ? " (late)" : ""}: ${new Date(startedAt).toISOString()}  ${visible(ended)}`,
  ];
  if (requestedBy !== undefined) lines.push(`    requested by ${visible(requestedBy)}`);
  if (exitCode !== undefined) lines.push(`    exit code ${exitCode}`);
  if (signal !== undefined) lines.push(`    signal ${visible(signal)}`);
  if (stdoutBytes !== undefined) {
    lines.push(`    stdout ${stdoutBytes} bytes, sha256 ${stdoutSha256 ?? "unknown"}`);
  }
  return [...lines, ...stderrLines(stderrTail, "    ")];
}

/** The last lines that an attempt wrote to stderr. */
export function stderrLines(stderrTail: string | undefined, indent: string): string[] {
  if (!stderrTail) return [];
  const last = stderrTail.trimEnd().split("\n").slice(-STDERR_LINES);
  return [`${indent}stderr, its end:`, ...last.map((line) => `${indent}  ${visible(line)}`)];
}

function describeResolution({ at, answer, by, why, overrode }: Resolution): string {
  const over = overrode === undefined ? "" : `, by force over ${visible(overrode)}`;
  const reason = `${why === "" ? "" : ` (${visible(why)})`}${over}`;
  return `  looked at ${new Date(at).toISOString()} by ${visible(by)}: ${answer}${reason}`;
}
