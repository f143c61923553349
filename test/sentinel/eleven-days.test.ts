import { spawnSync } from "node:child_process";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, it } from "vitest";
import { fakeClaude } from "../../src/testing/index.ts";
import { LEDGER_KINDS } from "../helpers/ledger.ts";
import { DAY, HOUR, World } from "./world.ts";

const PIPELINE = path.join(import.meta.dirname, "fixtures/naive-pipeline.mjs");
const CLI = path.join(import.meta.dirname, "../../src/cli.ts");
const RUNS = 22;

const story: string[] = [];
const tell = (line: string) => story.push(line);
const dayOf = (run: number) => Math.floor(run / 2) + 1;

/** Twice a day for eleven days, `claude -p` exits 0 and prints nothing. */
describe("eleven days", () => {
  afterAll(() => console.log(story.join("\n")));

  it.each(LEDGER_KINDS)(
    "the naive pipeline is green for 22 runs and publishes nothing; the sentinel alone, its ledger in %s, alerts on day 2",
    async (kind) => {
      using world = await World.with(kind);
      await using fake = await fakeClaude({ mode: "empty" });
      const database = path.join(world.folder, "blog.db");
      const posts = world.sentinel({
        name: "published-posts",
        window: "24h",
        grace: "6h",
        count: { rows: { database, query: "SELECT id, published_at AS at FROM posts" } },
      });
      const alertedOn: number[] = [];
      const exits: (number | null)[] = [];
      for (let run = 0; run < RUNS; run++) {
        const { status, stdout } = spawnSync(
          process.execPath,
          ["--no-warnings", PIPELINE, database, String(world.now)],
          {
            env: { ...process.env, ...fake.env },
            encoding: "utf8",
            timeout: 30_000,
          },
        );
        exits.push(status);
        tell(`day ${dayOf(run)}, run ${run + 1}: exit ${status}, ${stdout.trim()}`);
        const { delivered } = await world.pass([posts]);
        if (delivered > 0) {
          alertedOn.push(dayOf(run));
          tell(`  >> ${world.lines.at(-1)}`);
        }
        // The check runs more often than the pipeline does.
        world.wait(6 * HOUR);
        const between = await world.pass([posts]);
        if (between.delivered > 0) {
          alertedOn.push(dayOf(run));
          tell(`  >> ${world.lines.at(-1)}`);
        }
        world.wait(6 * HOUR);
      }
      expect(exits).toEqual(Array.from({ length: RUNS }, () => 0));
      using blog = new DatabaseSync(database, { readOnly: true });
      expect(blog.prepare("SELECT count(*) AS n FROM posts").get()).toEqual({ n: 0 });
      expect(await fake.calls()).toHaveLength(RUNS);
      tell(`after 11 days: ${RUNS} of ${RUNS} runs green, 0 posts`);
      expect(alertedOn).toEqual([2]);
      expect(await world.alerts()).toMatchObject([
        {
          kind: "alert",
          verdict: "silent",
          title: "published-posts is silent: 0 of 1 new artifacts in 24 h; there has never been one",
        },
      ]);
    },
    180_000,
  );

  it("with hardcall in front of it the first run fails, and says why", async () => {
    await using fake = await fakeClaude({ mode: "empty" });
    const argv = [CLI, "claude", "--timeout", "30s", "Write the post of the day"];
    const { status, stdout, stderr } = spawnSync(process.execPath, ["--no-warnings", ...argv], {
      env: { ...process.env, ...fake.env, NODE_OPTIONS: "" },
      encoding: "utf8",
      timeout: 60_000,
    });
    tell(`with hardcall: day 1, run 1: exit ${status}, ${stderr.trim()}`);
    expect(status).toBe(65);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^hardcall: /);
    expect(await fake.calls()).toHaveLength(1);
  });

  it.each(LEDGER_KINDS)(
    "a pipeline that does publish raises no alarm in eleven days, the ledger in %s",
    async (kind) => {
      using world = await World.with(kind);
      const options = { name: "published-posts", window: "24h", grace: "6h" } as const;
      for (let run = 0; run < RUNS; run++) {
        world.artifacts = [...(world.artifacts as []), { id: `post ${run}`, at: world.now }];
        expect(await world.check(options)).toMatchObject({ verdict: "ok" });
        world.wait(DAY / 2);
      }
      expect(await world.alerts()).toEqual([]);
    },
  );
});
