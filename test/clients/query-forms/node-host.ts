// Runs forms with Google's client for Node, all at the same time, and says how long each waited: node node-host.ts MODULES < jobs
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { json } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import pTimeout from "p-timeout";
import { bigqueryQuery } from "../../../src/bigquery/index.ts";
import { defineCall } from "../../../src/index.ts";

interface Job {
  readonly id: string;
  readonly url: string;
  readonly project: string;
  readonly code: string;
}

const [modules = "", folder = "", capS = ""] = process.argv.slice(2);
const require = createRequire(path.join(modules, "host.cjs"));
const { BigQuery } = require("@google-cloud/bigquery") as typeof import("@google-cloud/bigquery");
const { PassThroughClient } = require("google-auth-library") as typeof import("google-auth-library");

async function measured({ id, url, project, code }: Job): Promise<void> {
  const file = path.join(folder, `${id}.mjs`);
  writeFileSync(
    file,
    `export default async ({ bigquery, sql, pTimeout, defineCall, bigqueryQuery }) => {\n${code}\nreturn rows;\n};\n`,
  );
  const { default: run } = (await import(pathToFileURL(file).href)) as {
    default: (scope: object) => Promise<readonly unknown[]>;
  };
  const bigquery = new BigQuery({
    projectId: project,
    apiEndpoint: url,
    authClient: new PassThroughClient(),
  });
  const started = performance.now();
  const outcome = await Promise.race([
    run({ bigquery, sql: "SELECT 1 AS n", pTimeout, defineCall, bigqueryQuery }).then(
      (rows) => `${rows.length} rows`,
      (error: Error) => error.name,
    ),
    sleep(Number(capS) * 1000),
  ]);
  const seconds = outcome === undefined ? null : (performance.now() - started) / 1000;
  process.stdout.write(`${JSON.stringify({ id, seconds, outcome: outcome ?? "" })}\n`);
}

await Promise.all(((await json(process.stdin)) as readonly Job[]).map(measured));
// Requests that hang would keep the process.
process.exit(0);
