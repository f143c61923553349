import type { IdentifyContext, Identity } from "../../core/callee.ts";
import { ask } from "./ask.ts";
import type { JobCall, JobDriver, JobStatus } from "./driver.ts";
import { jobId } from "./job-id.ts";
import type { JobSettings } from "./settings.ts";

/**
 * Chooses the job id for the next attempt. A new id is used only when the last job is known to have ended. Otherwise that job, or a
 * submit that is still on its way, could run beside the new one; with the same id, the service accepts only one.
 */
export async function identifyJob<Input>(
  driver: JobDriver<Input, unknown>,
  input: Input,
  context: IdentifyContext,
  settings: Pick<JobSettings, "callTimeoutMs">,
): Promise<Identity> {
  const { name, key, attempt, effects, previous } = context;
  const fresh = { externalRef: jobId(name, key, attempt), safe: true };
  if (previous === undefined || previous.effect === "rejected") return fresh;
  const same = { externalRef: previous.externalRef, safe: true };
  // The job succeeded and its result broke the contract. With effects "keyed" the id stays; otherwise a new job may run.
  if (previous.effect === "completed") return effects === "keyed" ? same : fresh;
  const status = await readStatus(driver, input, context, previous.externalRef, settings);
  switch (status?.state) {
    case undefined:
      return { ...same, safe: false };
    case "missing":
    case "pending":
    case "running":
    case "succeeded":
      return same;
    case "failed": {
      const { effect } = status.failure;
      return { ...fresh, safe: effect === "rejected" || effect === "not_started" };
    }
    default:
      return status satisfies never;
  }
}

async function readStatus<Input>(
  driver: JobDriver<Input, unknown>,
  input: Input,
  { name, callId, key, remainingMs, signal: stop }: IdentifyContext,
  id: string,
  { callTimeoutMs }: Pick<JobSettings, "callTimeoutMs">,
): Promise<JobStatus | undefined> {
  const limitMs = Math.min(callTimeoutMs, remainingMs);
  const answer = await ask("status", limitMs, stop, (signal) => {
    const call: JobCall<Input> = {
      input,
      name,
      callId,
      key,
      limitMs: remainingMs,
      signal,
      activity: () => undefined,
    };
    return driver.status(id, call);
  });
  return answer.ok ? answer.value : undefined;
}
