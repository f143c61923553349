import type { Effect } from "../core/vocabulary.ts";
import type { Failure } from "../core/callee.ts";
import type { JobStatus } from "../callees/job/driver.ts";
import type { QueryConfiguration } from "./configuration.ts";
import { isSameConfiguration } from "./configuration.ts";
import { garbled } from "./http-failure.ts";
import { QUOTA_RETRY_AFTER_MS, reasonCode } from "./reasons.ts";

/** The parts of a job resource (jobs.get) that are read. */
export interface JobResource {
  readonly jobReference?: { readonly location?: string };
  readonly configuration?: QueryConfiguration;
  readonly status?: {
    readonly state?: string;
    readonly errorResult?: { readonly reason?: unknown; readonly message?: unknown } | null;
  };
  readonly statistics?: {
    readonly startTime?: string;
    readonly endTime?: string;
    readonly numChildJobs?: string;
    readonly totalBytesProcessed?: string;
    readonly totalSlotMs?: string;
    readonly query?: {
      readonly statementType?: string;
      readonly totalBytesBilled?: string;
      readonly totalBytesProcessed?: string;
      readonly estimatedBytesProcessed?: string;
      readonly totalSlotMs?: string;
      readonly cacheHit?: boolean;
      readonly numDmlAffectedRows?: string;
    };
  };
}

/** Statements that work in steps. One that failed or was stopped may have done a part of its work. */
const IN_STEPS: ReadonlySet<unknown> = new Set(["SCRIPT", "CALL", "EXPORT_DATA"]);

/** Reads a job resource. Only its state decides how a job ended. */
export function readStatus(resource: object, expected: QueryConfiguration): JobStatus {
  const job: JobResource = resource;
  const bytes = bytesProcessed(job);
  const facts = {
    same: isSameConfiguration(job.configuration, expected),
    ...(bytes !== undefined && { bytes }),
  };
  switch (job.status?.state) {
    case "PENDING":
      return { state: "pending", ...facts };
    case "RUNNING":
      return { state: "running", ...facts };
    case "DONE":
      if ((job.status.errorResult ?? undefined) === undefined) return { state: "succeeded", ...facts };
      return { state: "failed", failure: jobFailure(job), ...facts };
    default:
      throw garbled("about its job");
  }
}

/** Reads a number; the API writes numbers as strings. */
export function countOf(text: unknown): number | undefined {
  const value = typeof text === "string" ? Number(text || Number.NaN) : text;
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function bytesProcessed({ statistics }: JobResource): number | undefined {
  const { query, totalBytesProcessed } = statistics ?? {};
  return countOf(query?.totalBytesProcessed ?? totalBytesProcessed ?? query?.estimatedBytesProcessed);
}

function jobFailure(job: JobResource): Failure {
  const { reason: given, message } = job.status?.errorResult ?? {};
  const reason = typeof given === "string" ? given : "";
  const effect = effectOf(job);
  const cause = new Error(typeof message === "string" ? message : "");
  if (reason === "stopped") return { ...stoppedFailure(job), effect, cause };
  const said = /^\w{1,40}$/.test(reason) ? reason : "no reason named";
  const retryAfterMs = reason === "quotaExceeded" ? QUOTA_RETRY_AFTER_MS : undefined;
  return {
    code: reasonCode(reason),
    message: `ran a job that failed (${said})`,
    effect,
    retryAfterMs,
    cause,
  };
}

/** A single statement has all of its effect or none. A script may have had a part of it. */
function effectOf({ statistics }: JobResource): Effect {
  const children = countOf(statistics?.numChildJobs) ?? 0;
  return children > 0 || IN_STEPS.has(statistics?.query?.statementType) ? "unknown" : "rejected";
}

/** The server's time limit stopped the job, or a person did. If hardcall stopped it, the attempt has its own cause. */
function stoppedFailure({ configuration, statistics }: JobResource): Pick<Failure, "code" | "message"> {
  const limitMs = countOf(configuration?.jobTimeoutMs);
  const ranMs = (countOf(statistics?.endTime) ?? 0) - (countOf(statistics?.startTime) ?? 0);
  if (limitMs !== undefined && ranMs >= limitMs) {
    return {
      code: "timeout",
      message: `ran a job that the server stopped after ${limitMs} ms (jobTimeoutMs)`,
    };
  }
  return { code: "cancelled", message: "ran a job that was cancelled outside this call" };
}
