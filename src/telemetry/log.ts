import { createHash } from "node:crypto";
import { ConfigError } from "../call/errors.ts";
import type { Settled } from "../call/result.ts";

const LEVELS: readonly string[] = ["silent", "fatal", "error", "warn", "info", "debug", "trace"];

/**
 * The level that `HARDCALL_LOG_LEVEL` asks for; silent without it: a library does not write to its host's stderr unasked.
 *
 * @throws ConfigError `invalid_config`, naming the variable
 */
export function logLevel(callName: string, env: NodeJS.ProcessEnv): string {
  const level = env["HARDCALL_LOG_LEVEL"] ?? "silent";
  if (LEVELS.includes(level)) return level;
  const problem = `The environment variable HARDCALL_LOG_LEVEL is ${JSON.stringify(level)}; give one of ${LEVELS.join(", ")}`;
  throw new ConfigError(callName, [problem]);
}

/**
 * One wide line of JSON on stderr for a call that is over. It holds counts, codes and hashes, and nothing of what was sent
 * or came back.
 */
export async function logCall(settled: Settled<unknown>, level: string): Promise<void> {
  if (level === "silent") return;
  const { pino, destination } = (await import("pino")).default;
  // Synchronous, so that the line is there even when the host exits at once.
  const logger = pino({ level, base: { pid: process.pid } }, destination({ fd: 2, sync: true }));
  const line = wideLine(settled);
  if (settled instanceof Error) logger.error(line, `${settled.name} ${settled.outcome}: ${settled.code}`);
  else logger.info(line, `${settled.name} ${settled.outcome}`);
}

/** The fields of the line. */
export function wideLine(settled: Settled<unknown>): Record<string, unknown> {
  const { callId, name, key, outcome, attempts, durationMs, exitCode, signal, stdoutBytes, stdoutSha256 } =
    settled;
  const failure = settled instanceof Error ? settled : undefined;
  return {
    call: name,
    callId,
    outcome,
    ...(failure && { code: failure.code, effect: failure.effect, retryable: failure.retryable }),
    ...(failure?.retryAfterMs !== undefined && { retryAfterMs: failure.retryAfterMs }),
    // A key may name a customer.
    ...(key !== undefined && { keySha256: createHash("sha256").update(key).digest("hex").slice(0, 16) }),
    attempts: attempts.length,
    ms: durationMs,
    ...(exitCode !== undefined && { exitCode }),
    ...(signal !== undefined && { signal }),
    stdoutBytes,
    stdoutSha256,
    ...(settled.totalCostUsd !== undefined && { costUsd: settled.totalCostUsd }),
  };
}
