import { ConfigError } from "../core/errors.ts";
import { notifyListener } from "../core/listener.ts";
import type { Settled } from "../core/settled.ts";
import type { Logger } from "../core/logger.ts";
import { lineOf, type Line } from "./canonical-log-line.ts";

const LEVELS: readonly string[] = ["silent", "fatal", "error", "warn", "info", "debug", "trace"];

/**
 * The level in `HARDCALL_LOG_LEVEL`; without it `silent`, because a library does not write to its host's stderr by default.
 *
 * @throws ConfigError `invalid_config`, naming the variable
 */
export function logLevel(callName: string, env: NodeJS.ProcessEnv): string {
  const level = env["HARDCALL_LOG_LEVEL"] ?? "silent";
  if (LEVELS.includes(level)) return level;
  const problem = `The environment variable HARDCALL_LOG_LEVEL is ${JSON.stringify(level)}; give one of ${LEVELS.join(", ")}`;
  throw new ConfigError(callName, [problem]);
}

/** Logs one line for a call that has settled: to the given logger, else as JSON on stderr at the given level. */
export async function logCall(settled: Settled<unknown>, level: string, logger?: Logger): Promise<void> {
  if (logger === undefined && level === "silent") return;
  await write(lineOf(settled), level, logger);
}

/**
 * Logs how far a remote job is. The call's logger gets each change of state at info. Without a logger the line goes to stderr at
 * debug, and a job that does not change is logged there too each time that it reports.
 */
export async function logJobState(
  { fields, message, changed }: Pick<Line, "fields" | "message"> & { readonly changed: boolean },
  logger?: Logger,
): Promise<void> {
  if (logger !== undefined) {
    if (changed) await write({ level: "info", fields, message }, "info", logger);
  } else if (isDebug()) {
    await write({ level: "debug", fields, message }, "debug");
  }
}

/** Whether HARDCALL_LOG_LEVEL asks for what happens during a call. */
export const isDebug = () => ["debug", "trace"].includes(process.env["HARDCALL_LOG_LEVEL"] ?? "");

/** A log entry about duplicate or pending content, or about content that was published twice. */
export interface ContentNote {
  readonly scope: string;
  readonly outcome: "duplicate" | "pending" | "published_twice";
  /** The content came too often in a row, so the line is an error. */
  readonly code?: "duplicate_streak";
  readonly sha256: string;
  readonly bytes: number;
  readonly callId: string | undefined;
  /** The first time it came, or the call that has reserved it. */
  readonly of: { readonly callId?: string | undefined; readonly at: string };
  readonly times?: number;
  readonly streak?: number;
  readonly retryAfterMs?: number;
}

/** Logs content that is not new, so that a skipped publish does not look like a success: as a warning, or as an error if it has a code. */
export async function logContent(note: ContentNote, logger?: Logger): Promise<void> {
  const { scope, of, ...fields } = note;
  const level = logLevel(scope, process.env);
  if (logger === undefined && level === "silent") return;
  const line = {
    level: note.code === undefined ? "warn" : "error",
    fields: { scope, ...fields, ofCallId: of.callId, ofAt: of.at },
    message: `${scope} ${note.outcome}`,
  } as const;
  await write(line, level, logger);
}

/** A logger that fails costs the line, not the result of the call. */
async function write(
  { level, fields, message }: Omit<Line, "level"> & { readonly level: Line["level"] | "debug" },
  minimum: string,
  logger?: Logger,
): Promise<void> {
  try {
    const target: Partial<StderrLogger> = logger ?? (await onStderr(minimum));
    notifyListener(() => target[level]?.(fields, message), lost);
  } catch (error) {
    lost(error);
  }
}

const lost = (error: unknown) =>
  process.emitWarning(
    `A line of the log was lost: the logger threw ${(error as Error | undefined)?.name}.`,
    "HardcallWarning",
  );

/**
 * Loads the logger before the call starts anything, because an upgrade may replace the files while the call runs. If loading fails, the
 * warning comes with the line.
 */
export async function prepareLog(level: string, logger?: Logger): Promise<void> {
  if (logger === undefined && level !== "silent") await import("pino").catch(() => undefined);
}

type StderrLogger = Logger & { debug(fields: object, message: string): void };

async function onStderr(level: string): Promise<StderrLogger> {
  const { pino, destination } = (await import("pino")).default;
  // Synchronous, so that the line is written even if the host exits at once.
  const stderr = destination({ fd: 2, sync: true });
  // Without a listener, a closed or full stderr would end the host. No warning: it would go to the same stderr.
  stderr.on("error", () => undefined);
  const logger: StderrLogger = pino({ level, base: { pid: process.pid } }, stderr);
  return logger;
}
