/** bigqueryQuery() with Google's client, against the fake in each of its modes. */
import assert from "node:assert/strict";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { BigQuery } from "@google-cloud/bigquery";
import { OAuth2Client } from "google-auth-library";
import { defineCall } from "hardcall";
import { bigqueryQuery } from "hardcall/bigquery";
import { fakeBigQuery } from "hardcall/testing";
import { EXPECTED, expectedEnds } from "../../callees/job/expected.ts";
import { check } from "./lib/check.ts";
import { tempFolder } from "./lib/start.ts";

const TOTAL_MS = 10_000;
const GRACE_MS = 2000;
/** Between two starts: all at once keep each other waiting. */
const SPREAD_MS = 60;

await check(
  "each mode of the fake BigQuery ends in its code, in time, and no job runs on unseen",
  [5, 30],
  async () => {
    await using fake = await fakeBigQuery();
    const authClient = new OAuth2Client();
    authClient.setCredentials({ access_token: "none" });
    const ledger = path.join(tempFolder(), "ledger.db");
    const run = async (mode: string, number: number): Promise<string[]> => {
      await fake.project(`p-${mode}`, { mode });
      await wait(number * SPREAD_MS);
      const client = new BigQuery({
        projectId: `p-${mode}`,
        apiEndpoint: fake.url,
        authClient,
        autoRetry: false,
      });
      const query = defineCall({
        name: "query",
        callee: bigqueryQuery({
          client,
          query: "SELECT 1",
          rows: "nonEmpty",
          callTimeout: 800,
          cancelGrace: GRACE_MS,
        }),
        timeout: { total: TOTAL_MS, attempt: TOTAL_MS },
        effects: "once",
        key: () => mode,
        ledger,
      });
      const from = performance.now();
      const ended = await query().then(
        ({ outcome }) => outcome as string,
        ({ code, effect }: { code: string; effect: string }) => `${code} (${effect})`,
      );
      const ms = performance.now() - from;
      const wanted = expectedEnds("no retry", mode);
      return [
        ...(wanted.includes(ended) ? [] : [`${mode}: ${ended}, not ${wanted.join(" or ")}`]),
        ...(ms < TOTAL_MS + GRACE_MS + 2000 ? [] : [`${mode} took ${Math.round(ms)} ms`]),
      ];
    };
    const problems = await Promise.all(Object.keys(EXPECTED).map(run));
    assert.deepEqual(problems.flat(), []);
  },
);
