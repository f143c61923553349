import type { IdentifyContext, Identity } from "../../core/callee.ts";
import { ask } from "./ask.ts";
import type { JobCall, JobDriver, JobStatus } from "./driver.ts";
import { jobId } from "./job-id.ts";
import type { JobSettings } from "./settings.ts";

/**
 * The id for the next attempt. An id is left behind only when its job is known to be over: as long as it may run, or may still
 * come of a submit on its way, the next attempt asks for the same id, which the service takes once only.
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
  // It ended well and broke the contract. The service honours the id; without effects, or by a probe's leave, a new one may run.
  if (previous.effect === "completed") return effects === "keyed" ? same : fresh;
  const status = await look(driver, input, context, previous.externalRef, settings);
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

async function look<Input>(
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
