import { setTimeout as wait } from "node:timers/promises";
import type { Effects } from "../../../src/core/vocabulary.ts";
import { look, post } from "../../call/guard/publish-client.ts";
import { heeds, LIMITS, SLOW_MS, thinkMs, type JobData } from "../plan/jobs.ts";
import { ticks, type Sent } from "../sent.ts";

/** What a client of its own mind waits for an answer. */
const GIVES_UP_MS = 12_000;

/** A request that takes its time before it leaves. */
export async function publish(
  data: JobData,
  effects: Effects,
  of: { readonly callId: string; readonly attempt: number; readonly signal: AbortSignal },
): Promise<string> {
  const { key, url } = data;
  const { callId, attempt } = of;
  // One that never ended would keep its key for good: nothing may be tried while work goes on.
  const signal = heeds(key) ? of.signal : AbortSignal.timeout(workMs(data, attempt) + GIVES_UP_MS);
  const begunTicks = ticks();
  await wait(workMs(data, attempt), undefined, { signal });
  const life = process.env["FLEET_LIFE"] ?? "";
  const body: Sent = { life, callId, attempt, begunTicks, sentTicks: ticks() };
  const { id } = await post(`${url}/any`, key, effects, JSON.stringify(body), signal);
  return id;
}

/** How long an attempt works before it sends its request, in milliseconds. */
export const workMs = (data: JobData, attempt: number): number =>
  isSlow(data) ? SLOW_MS : thinkMs(data.key, attempt);

const isSlow = ({ slowOn }: JobData): boolean =>
  slowOn !== undefined && (process.env["FLEET_LIFE"] ?? "").startsWith(`${slowOn}.`);

/** What the service has; never longer than an attempt. */
export const probe = ({ key, url }: JobData) => look(url, key, AbortSignal.timeout(LIMITS.attemptMs));
