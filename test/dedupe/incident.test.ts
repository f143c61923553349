import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { linesOf, ROOT, tempFolder } from "../helpers/files.ts";
import { hardcall, run, type Finished } from "../helpers/run.ts";

const JOB = path.join(ROOT, "test/dedupe/fixtures/publish-draft.sh");
const HARDCALL = `${process.execPath} ${path.join(ROOT, "src/cli.ts")}`;

/** A draft, where it is published, and a ledger. */
class Desk {
  readonly #folder = tempFolder();
  readonly draft = path.join(this.#folder, "draft.md");
  readonly posts = path.join(this.#folder, "posts");

  constructor() {
    writeFileSync(this.draft, "Harbour market\n");
  }

  get published(): number {
    return linesOf(this.posts).length;
  }

  env(more: Record<string, string> = {}) {
    const ledger = path.join(this.#folder, "ledger.db");
    return { HARDCALL, HARDCALL_LEDGER: ledger, HARDCALL_KEY: "", HARDCALL_CALL_ID: "", ...more };
  }

  /** The job as cron starts it, under a key of the day. */
  keyed(dies = ""): Promise<Finished> {
    const call = ["run", "--timeout", "1m", "--effects", "keyed", "--key", "2026-11-20", "--"];
    return hardcall([...call, "sh", JOB, this.draft, this.posts], { env: this.env({ DIES_AFTER: dies }) });
  }

  /** The job without hardcall round it. */
  bare(env: Record<string, string> = {}): Promise<Finished> {
    return run("sh", [JOB, this.draft, this.posts], { env: this.env(env) });
  }
}

describe("a keyed job that is killed", () => {
  it("after the check is published by its rerun, once", async () => {
    const desk = new Desk();
    expect(await desk.keyed("check")).toMatchObject({ exitCode: 69 });
    expect(desk.published).toBe(0);
    const reruns = [await desk.keyed(), await desk.keyed(), await desk.keyed()];
    expect(reruns.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    expect(desk.published).toBe(1);
  });

  it("between publishing and commit is published again: the check alone is at least once", async () => {
    const desk = new Desk();
    expect(await desk.keyed("publish")).toMatchObject({ exitCode: 69 });
    expect(await desk.keyed()).toMatchObject({ exitCode: 0 });
    expect(desk.published).toBe(2);
  });

  it("after the commit is not published again", async () => {
    const desk = new Desk();
    expect(await desk.keyed("commit")).toMatchObject({ exitCode: 69 });
    const rerun = await desk.keyed();
    expect([rerun.exitCode, rerun.stdout.toString()]).toEqual([0, "skipped\n"]);
    expect(desk.published).toBe(1);
  });
});

describe("a job without a key that is killed after the check", () => {
  it("leaves the draft pending, which is no duplicate, and new again when the hold is over", async () => {
    const desk = new Desk();
    // Over before the next process has started.
    expect(await desk.bare({ DIES_AFTER: "check", OPTIONS: "--hold 1ms" })).toMatchObject({
      signal: "SIGKILL",
    });
    expect(await desk.bare({ DIES_AFTER: "check" })).toMatchObject({ signal: "SIGKILL" });
    const early = await desk.bare();
    expect(early.exitCode).toBe(75);
    expect(early.stderr).toMatch(
      /^hardcall: The content for "posts" is reserved since \S+Z and may be published at any time\. It is not a duplicate yet: check it again, after 1\d min( \d+ s)? at the latest\.\n$/,
    );
    expect(desk.published).toBe(0);
  });
});
