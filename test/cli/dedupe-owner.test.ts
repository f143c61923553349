import { writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { linesIn, linesOf, ROOT, tempFolder } from "../helpers/files.ts";
import { LEDGER_KINDS, newLedger } from "../helpers/ledger.ts";
import { hardcall, OPEN, run, start, startHardcall } from "../helpers/run.ts";
import { clockOffBy } from "../helpers/wrong-clock.ts";

const HARDCALL = `${process.execPath} ${path.join(ROOT, "src/cli.ts")}`;
const CHECK = "$HARDCALL dedupe check --scope posts";

/** A draft, a ledger, and jobs that check the one in the other. */
class Desk {
  readonly folder = tempFolder();
  readonly draft = path.join(this.folder, "draft.md");
  readonly #ledger: string;
  /** The exit code of each check, a line each. */
  readonly codes = path.join(this.folder, "codes");

  /** @param ledger a path or a URL */
  constructor(ledger: string) {
    this.#ledger = ledger;
    writeFileSync(this.draft, "Harbour market\n");
  }

  env(more: Record<string, string> = {}) {
    const own = { HARDCALL, HARDCALL_LEDGER: this.#ledger, HARDCALL_KEY: "", HARDCALL_CALL_ID: "" };
    return { ...own, DRAFT: this.draft, CODES: this.codes, ...more };
  }

  /** A script that checks, and then works until it is killed or its stdin ends. */
  working(env: Record<string, string>, script = `${CHECK} $OPTIONS "$DRAFT"; echo $? >> "$CODES"; read end`) {
    return start("sh", ["-c", script], { env: this.env(env), stdin: OPEN });
  }

  /** A run of the job that ends at once. */
  check(env: Record<string, string>) {
    return start("sh", ["-c", `${CHECK} $OPTIONS "$DRAFT"; exit $?`], { env: this.env(env) }).finished;
  }

  dedupe(verb: string, args: readonly string[] = [], env: Record<string, string> = {}) {
    return hardcall(["dedupe", verb, "--scope", "posts", ...args, this.draft], { env: this.env(env) });
  }
}

describe.each(LEDGER_KINDS)("who reserves on the command line, the ledger in %s", (kind) => {
  it.each([
    ["HARDCALL_KEY", { HARDCALL_KEY: "2026-11-20" }, { HARDCALL_KEY: "2026-11-21" }],
    ["--call", { OPTIONS: "--call nightly" }, { OPTIONS: "--call weekly" }],
    ["HARDCALL_CALL_ID", { HARDCALL_CALL_ID: "call-1" }, { HARDCALL_CALL_ID: "call-2" }],
  ])(
    "%s: a rerun waits while the first run is at work, and takes over at once when it has ended",
    async (_, own, other) => {
      const desk = new Desk(await newLedger(kind));
      const first = desk.working(own);
      expect(await linesIn(desk.codes, 1)).toEqual(["0"]);
      expect(await desk.check(own)).toMatchObject({ exitCode: 75 });
      first.child.kill("SIGKILL");
      await first.finished;
      // Only the hold ends it for others.
      expect(await desk.check(other)).toMatchObject({ exitCode: 75 });
      expect(await desk.check(own)).toMatchObject({ exitCode: 0 });
      expect(await desk.check({})).toMatchObject({ exitCode: 75 });
    },
  );

  it("the token alone: no rerun takes it over, and its bearer commits", async () => {
    const desk = new Desk(await newLedger(kind));
    const { stdout } = await desk.check({});
    const token = stdout.toString().trim();
    expect(await desk.check({})).toMatchObject({ exitCode: 75 });
    expect(await desk.dedupe("release", ["--call", "other"])).toMatchObject({
      exitCode: 73,
      stderr:
        'hardcall: The content for "posts" is reserved by another owner, and was not released. If it is yours, give the token that dedupe check printed (--token).\n',
    });
    expect(await desk.dedupe("commit", ["--token", token])).toMatchObject({ exitCode: 0 });
    expect(await desk.dedupe("commit", ["--token", token])).toMatchObject({ exitCode: 0 });
    const second = await desk.dedupe("commit", ["--call", "other"]);
    expect(second.exitCode).toBe(73);
    expect(second.stderr).toContain("If you have published it too, it exists twice");
    expect(await desk.check({})).toMatchObject({ exitCode: 73 });
  });

  it.each([
    [{ OPTIONS: "--call=" }, "the call's id is blank"],
    [{ HARDCALL_KEY: "  " }, "HARDCALL_KEY cannot be used: The key is blank"],
    [{ HARDCALL_KEY: "undefined" }, 'HARDCALL_KEY cannot be used: The key is "undefined"'],
  ])("no owner: %j is refused", async (env, words) => {
    const desk = new Desk(await newLedger(kind));
    expect(await desk.check(env)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(words) as string,
    });
  });

  it("a token that could not be written reserves nothing", async () => {
    const desk = new Desk(await newLedger(kind));
    const full = start("sh", ["-c", `${CHECK} "$DRAFT" > /dev/full`], { env: desk.env() });
    expect(await full.finished).toMatchObject({
      exitCode: 74,
      stderr: expect.stringContaining("The content is not reserved.") as string,
    });
    expect(await desk.check({})).toMatchObject({ exitCode: 0 });
  });

  it("keeps it although the wall clock of the next one is an hour ahead, or behind", async () => {
    const desk = new Desk(await newLedger(kind));
    expect(await desk.check({})).toMatchObject({ exitCode: 0 });
    for (const hours of [1, -1]) {
      const next = await desk.check({ NODE_OPTIONS: clockOffBy(hours) });
      expect(next).toMatchObject({
        exitCode: 75,
        stderr: expect.stringMatching(/after 1[45] min/) as string,
      });
    }
  });

  it("gives back what it releases, under the key or by the token", async () => {
    const desk = new Desk(await newLedger(kind));
    const own = { HARDCALL_KEY: "2026-11-20" };
    for (const release of [
      async () => await desk.dedupe("release", [], own),
      async (token: string) => await desk.dedupe("release", ["--token", token]),
    ]) {
      const { exitCode, stdout } = await desk.check(own);
      expect(exitCode).toBe(0);
      const released = await release(stdout.toString().trim());
      expect([released.exitCode, released.stdout.toString()]).toEqual([0, "released\n"]);
    }
    expect((await desk.dedupe("release", [], own)).stdout.toString()).toBe("was not reserved\n");
    expect(await desk.check({})).toMatchObject({ exitCode: 0 });
  });

  it("two jobs with one key are two runs: the second waits while the ledger knows that the first works", async () => {
    const desk = new Desk(await newLedger(kind));
    // The check is in a shell of its own that has ended: nothing but the ledger tells that the job goes on.
    const script = `sh -c '${CHECK} "$DRAFT"; echo $? >> "$CODES"'; [ -z "$END" ] || read end < "$END"; exit 0`;
    const flags = ["--timeout", "1m", "--effects", "keyed", "--key", "2026-11-20"];
    const job = (name: string) => ["run", ...flags, "--name", name, "--", "sh", "-c", script];
    const END = path.join(desk.folder, "end");
    await run("mkfifo", [END]);
    const first = startHardcall(job("web"), { env: desk.env({ END }) });
    expect(await linesIn(desk.codes, 1)).toEqual(["0"]);
    await hardcall(job("mail"), { env: desk.env() });
    expect(linesOf(desk.codes)).toEqual(["0", "75"]);
    await writeFile(END, "end\n");
    await first.finished;
    await hardcall(job("feed"), { env: desk.env() });
    expect(linesOf(desk.codes)).toEqual(["0", "75", "0"]);
  });
});
