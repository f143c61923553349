/** What many fleets run: pg-boss alone, which retries what failed and what its worker left. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { JobWithMetadata } from "pg-boss";
import { LIMITS, thinkMs, type JobData } from "../plan/jobs.ts";
import { beginWorker, CONCURRENCY } from "./begin-worker.ts";
import { publish } from "./publishing.ts";

const PUBLISH = fileURLToPath(new URL("publish.mjs", import.meta.url));

await beginWorker(async (boss, { kinds }) => {
  for (const kind of kinds) {
    const handle = kind.endsWith("task") ? publishTask : publishCommand;
    const options = {
      localConcurrency: CONCURRENCY[kind],
      pollingIntervalSeconds: 0.5,
      includeMetadata: true,
    } as const;
    await boss.work(kind, options, async ([job]: JobWithMetadata<JobData>[]) => await (job && handle(job)));
  }
  return async () => undefined;
});

async function publishTask({ id, data, retryCount, signal }: JobWithMetadata<JobData>): Promise<string> {
  const timeout = AbortSignal.any([signal, AbortSignal.timeout(LIMITS.attemptMs)]);
  return await publish(data, "once", { callId: id, attempt: retryCount + 1, signal: timeout });
}

async function publishCommand({ id, data, retryCount, signal }: JobWithMetadata<JobData>): Promise<string> {
  const { key, url } = data;
  const attempt = String(retryCount + 1);
  const env = { ...process.env, HARDCALL_KEY: key, HARDCALL_CALL_ID: id, HARDCALL_ATTEMPT: attempt };
  const args = [PUBLISH, `${url}/any`, String(thinkMs(key, retryCount + 1))];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    env,
    signal,
    timeout: LIMITS.attemptMs,
  });
  return stdout.trim();
}
