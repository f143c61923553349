import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished } from "vitest";
import { fakeBigQuery } from "../../src/testing/fake-bigquery.ts";
import { tempFolder } from "../helpers/files.ts";
import { hardcall, run } from "../helpers/run.ts";
import { clientTest } from "./harness/client-test.ts";

/** bq starts in seconds. Until this has passed it must wait for its job. */
const LIMIT = "30s";

clientTest(
  { client: "bq", part: "hardcall run", from: "debian", command: "bq" },
  "a time limit that ends it names the job that it leaves, and bq cancel stops that job",
  async ({ folder: bq }) => {
    const fake = await fakeBigQuery({ mode: "running" });
    onTestFinished(() => fake[Symbol.asyncDispose]());
    const home = tempFolder();
    mkdirSync(path.join(home, "gcloud"));
    // Any token does, and gcloud asks no server about it.
    writeFileSync(path.join(home, "token"), "a token");
    const env = {
      HOME: home,
      CLOUDSDK_CONFIG: path.join(home, "gcloud"),
      CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: path.join(home, "token"),
    };
    const flags = ["--api", fake.url, "--project_id", "test"];
    const query = [bq, ...flags, "query", "--nouse_legacy_sql", "SELECT 1"];

    const ended = await hardcall(["run", "--timeout", LIMIT, "--", ...query], { env });

    const { jobs } = await fake.report("test");
    const id = jobs[0]?.id ?? "no job";
    expect(ended.exitCode).toBe(124);
    expect(ended.stderr).toContain(`its BigQuery job ${id} may still be running: bq cancel ${id} stops it`);
    const cancelled = await run("timeout", ["90", bq, ...flags, "cancel", id], { env });
    expect(cancelled.stdout.toString() + cancelled.stderr).not.toContain("BigQuery error");
    expect((await fake.report("test")).jobs).toMatchObject([{ id, cancelled: true }]);
  },
);
