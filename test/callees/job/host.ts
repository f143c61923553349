/**
 * A host of calls, as a process of its own: it can be killed, and an uncaught error shows. Reads a `HostPlan` from its first
 * argument, prints a `HostLine` per call.
 */
import { createRequire } from "node:module";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type * as Google from "@google-cloud/bigquery";
import type * as Auth from "google-auth-library";
import { bigqueryQuery } from "../../../src/bigquery/index.ts";
import { defineCall } from "../../../src/index.ts";

export interface HostPlan {
  readonly url: string;
  readonly ledger: string;
  readonly projects: readonly string[];
  readonly effects: "keyed" | "once" | "none";
  readonly attempts: number;
  readonly timeout: { readonly total: number; readonly attempt: number };
  readonly cancelGrace: number;
  /** @default 800 */
  readonly callTimeout?: number;
  /** Milliseconds between the starts of two calls: all at once they keep each other waiting. @default 0 */
  readonly spread?: number;
  /** A `node_modules` with the client, in another version. @default hardcall's own */
  readonly modules?: string | undefined;
}

export type HostLine =
  | { readonly unhandled: string }
  | {
      readonly project: string;
      readonly ms: number;
      readonly ended: string;
      readonly message: string | undefined;
      readonly externalRef: string | undefined;
      readonly rows: number | undefined;
      readonly attempts: number;
      /** How many milliseconds of it this process did not get to run, as the machine was busy. */
      readonly starvedMs: number;
    };

const plan = JSON.parse(process.argv[2] ?? "") as HostPlan;
process.on("unhandledRejection", (reason) => {
  print({ unhandled: reason instanceof Error ? (reason.stack ?? reason.message) : String(reason) });
  process.exitCode = 1;
});

const load = createRequire(plan.modules === undefined ? import.meta.url : path.join(plan.modules, "host.js"));
const { BigQuery } = load("@google-cloud/bigquery") as typeof Google;
// Of the client's own major: each has another. It is the one that all of them have.
const { OAuth2Client } = load("google-auth-library") as typeof Auth;

const BEAT_MS = 20;
let starvedMs = 0;
let beatAt = performance.now();
const beat = setInterval(() => {
  const now = performance.now();
  starvedMs += Math.max(0, now - beatAt - 2 * BEAT_MS);
  beatAt = now;
}, BEAT_MS);

const calls: Promise<void>[] = [];
for (const project of plan.projects) {
  calls.push(run(project));
  await wait(plan.spread ?? 0);
}
await Promise.all(calls);
clearInterval(beat);

async function run(project: string): Promise<void> {
  const authClient = new OAuth2Client();
  authClient.setCredentials({ access_token: "placeholder", expiry_date: Date.now() + 3_600_000 });
  const client = new BigQuery({
    projectId: project,
    apiEndpoint: plan.url,
    authClient: authClient as never,
    autoRetry: false,
  });
  const options = {
    name: "matrix",
    callee: bigqueryQuery({
      client,
      query: "SELECT n FROM t WHERE n < @most",
      params: { most: 5 },
      rows: "nonEmpty",
      cancelGrace: plan.cancelGrace,
      callTimeout: plan.callTimeout ?? 800,
    }),
    timeout: plan.timeout,
    key: () => [project],
    ledger: plan.ledger,
  };
  const call =
    plan.effects === "once"
      ? defineCall({ ...options, effects: plan.effects })
      : defineCall({ ...options, effects: plan.effects, retry: { attempts: plan.attempts, baseDelay: 50 } });
  const startedAt = performance.now();
  const starvedBefore = starvedMs;
  const settled = await call.settle();
  const failed = settled instanceof Error;
  print({
    project,
    ms: Math.round(performance.now() - startedAt),
    ended: failed ? `${settled.code} (${settled.effect})` : settled.outcome,
    message: failed ? settled.message : undefined,
    externalRef: settled.externalRef,
    rows: failed ? undefined : settled.value?.length,
    attempts: settled.attempts.length,
    starvedMs: Math.round(starvedMs - starvedBefore),
  });
}

function print(line: HostLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
