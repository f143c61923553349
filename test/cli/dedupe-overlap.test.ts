import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { linesIn, linesOf, ROOT, tempFolder } from "../helpers/files.ts";
import { LEDGER_KINDS, newLedger } from "../helpers/ledger.ts";
import { hardcall, OPEN, run, start } from "../helpers/run.ts";

const CLI = `${process.execPath} ${path.join(ROOT, "src/cli.ts")}`;
const CHECK = `${CLI} dedupe check --scope posts`;

/** What scripts put round a check, so that the process that started it has ended when they publish. */
const FORMS = {
  "a plain check": `token=$(${CHECK} "$DRAFT")`,
  "a check in a file's script": `token=$(${CHECK} "$DRAFT" 2> /dev/null) || (exit $?)`,
  "a pipe": `token=$(cat "$DRAFT" | ${CHECK})`,
  "a function": `check() { ${CHECK} "$DRAFT"; }; token=$(check)`,
  "a wrapper, as npx is": `token=$(sh -c '${CHECK} "$@"; exit $?' npx "$DRAFT"; exit $?)`,
  "a session of its own": `token=$(setsid --fork --wait ${CHECK} "$DRAFT")`,
  "a process group of its own": `token=$(timeout 1m ${CHECK} "$DRAFT")`,
};

const isThere = (shell: string) => spawnSync(shell, ["-c", ":"], { timeout: 20_000 }).status === 0;

/** A draft, and runs of a job that check it. */
class Desk {
  readonly folder = tempFolder();
  readonly #draft = path.join(this.folder, "draft.md");
  readonly #ledger: string;
  /** The exit code of each check, a line each. */
  readonly codes = path.join(this.folder, "codes");

  /** @param ledger a path or a URL */
  constructor(ledger = path.join(this.folder, "ledger.db")) {
    this.#ledger = ledger;
    writeFileSync(this.#draft, "Harbour market\n");
  }

  env(more: Record<string, string> = {}) {
    const key = { HARDCALL_KEY: "2026-11-20", HARDCALL_CALL_ID: "" };
    return { ...key, HARDCALL_LEDGER: this.#ledger, DRAFT: this.#draft, CODES: this.codes, ...more };
  }

  /** A run that checks, and then publishes until it is killed. */
  publishing(shell: readonly string[], check: string) {
    const [file = "", ...args] = shell;
    const script = `${check}; echo $? >> "$CODES"; read end`;
    return start(file, [...args, "-c", script], { env: this.env(), stdin: OPEN });
  }

  /** A run that ends after so many checks. */
  async check(shell: readonly string[], check: string, times = 1, more?: Record<string, string>) {
    const [file = "", ...args] = shell;
    const script = `${check}; echo $? >> "$CODES"\n`.repeat(times);
    await run(file, [...args, "-c", script], { env: this.env(more) });
    return linesOf(this.codes).slice(-times).map(Number);
  }
}

const SHELLS = ["bash", "dash"].filter(isThere);
const PLAIN = FORMS["a plain check"];

describe.runIf(process.platform === "linux")("two runs of one job at the same time", () => {
  describe.each(SHELLS)("%s", (shell) => {
    it.each(Object.entries(FORMS))("%s: the second waits for the first, and no longer", async (_, form) => {
      const desk = new Desk();
      const first = desk.publishing([shell], form);
      expect(await linesIn(desk.codes, 1)).toEqual(["0"]);
      expect(await desk.check([shell], form)).toEqual([75]);
      first.child.kill("SIGKILL");
      await first.finished;
      // A rerun, and its own retries, take it over at once.
      expect(await desk.check([shell], form, 2)).toEqual([0, 0]);
    });
  });

  it("the second waits for the first, and no longer, also with the ledger in Postgres", async () => {
    const desk = new Desk(await newLedger("Postgres"));
    const first = desk.publishing(["sh"], PLAIN);
    expect(await linesIn(desk.codes, 1)).toEqual(["0"]);
    expect(await desk.check(["sh"], PLAIN)).toEqual([75]);
    first.child.kill("SIGKILL");
    await first.finished;
    expect(await desk.check(["sh"], PLAIN, 2)).toEqual([0, 0]);
  });
});

describe.runIf(process.platform === "linux").each(LEDGER_KINDS)(
  "a run within a call of the ledger in %s that is over",
  (kind) => {
    it("is over, although the worker that made the call lives on", async () => {
      const desk = new Desk(await newLedger(kind));
      const job = path.join(desk.folder, "job.sh");
      writeFileSync(job, `${PLAIN}; echo $? >> "$CODES"; exit 3\n`);
      const call = `${CLI} run --timeout 1m --effects keyed --key 2026-11-20 --name job -- sh ${job}`;
      const worker = start("sh", ["-c", `${call}; echo $? >> "$CODES"; read end`], {
        env: desk.env({ HARDCALL_KEY: "" }),
        stdin: OPEN,
      });
      expect(await linesIn(desk.codes, 2)).toEqual(["0", "69"]);
      expect(await desk.check(["sh"], PLAIN)).toEqual([0]);
      worker.child.stdin?.end();
      await worker.finished;
    });
  },
);

const canType = spawnSync("script", ["-qfc", "true", "/dev/null"], { timeout: 20_000 }).status === 0;

describe.runIf(canType)("a run that was started at a terminal which is still open", () => {
  const terminal = (desk: Desk) =>
    start("script", ["-qfc", "bash --norc --noprofile -i", "/dev/null"], { env: desk.env(), stdin: OPEN });

  it("as a command, and has ended: a rerun from elsewhere takes over at once", async () => {
    const desk = new Desk();
    const job = path.join(desk.folder, "job.sh");
    writeFileSync(job, `${PLAIN}; echo $? >> "$CODES"\n`);
    terminal(desk).child.stdin?.write(`sh ${job}; echo ended >> "$CODES"\n`);
    expect(await linesIn(desk.codes, 2)).toEqual(["0", "ended"]);
    expect(await desk.check(["sh"], PLAIN)).toEqual([0]);
  });

  it("as a command, at a shell that another shell has started: a rerun from elsewhere takes over at once", async () => {
    const desk = new Desk();
    const job = path.join(desk.folder, "job.sh");
    writeFileSync(job, `${PLAIN}; echo $? >> "$CODES"\n`);
    const { child } = terminal(desk);
    child.stdin?.write("bash --norc --noprofile -i\n");
    child.stdin?.write(`sh ${job}; echo ended >> "$CODES"\n`);
    expect(await linesIn(desk.codes, 2)).toEqual(["0", "ended"]);
    expect(await desk.check(["sh"], PLAIN)).toEqual([0]);
  });

  it("line by line: the next try there takes over at once, one from elsewhere waits", async () => {
    const desk = new Desk();
    const line = `${CHECK} "$DRAFT"; echo $? >> "$CODES"\n`;
    terminal(desk).child.stdin?.write(line + line);
    expect(await linesIn(desk.codes, 2)).toEqual(["0", "0"]);
    expect(await desk.check(["sh"], PLAIN)).toEqual([75]);
  });
});

const CONTAINER = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"];
const canContain =
  spawnSync(CONTAINER[0] ?? "", [...CONTAINER.slice(1), "true"], { timeout: 20_000 }).status === 0;

describe.runIf(canContain).each(LEDGER_KINDS)(
  "two runs of one job in two containers, the ledger in %s",
  (kind) => {
    it("cannot be seen from each other: the second waits for the hold, also when the first has ended", async () => {
      const desk = new Desk(await newLedger(kind));
      const first = desk.publishing([...CONTAINER, "sh"], PLAIN);
      expect(await linesIn(desk.codes, 1)).toEqual(["0"]);
      expect(await desk.check(["sh"], PLAIN)).toEqual([75]);
      expect(await desk.check([...CONTAINER, "sh"], PLAIN)).toEqual([75]);
      first.child.kill("SIGKILL");
      await first.finished;
      expect(await desk.check([...CONTAINER, "sh"], PLAIN)).toEqual([75]);
    });

    it("a hold that is over ends it", async () => {
      const desk = new Desk(await newLedger(kind));
      expect(await desk.check([...CONTAINER, "sh"], `${PLAIN.slice(0, -1)} --hold 1ms)`)).toEqual([0]);
      expect(await desk.check([...CONTAINER, "sh"], PLAIN)).toEqual([0]);
    });

    it("each within a call of the ledger: the second takes it over at once when that call is over", async () => {
      const desk = new Desk(await newLedger(kind));
      const script = `${PLAIN}; echo $? >> "$CODES"; exit 3`;
      const job = ["run", "--timeout", "1m", "--effects", "keyed", "--key", "2026-11-20", "--name", "job"];
      const cli = [process.execPath, path.join(ROOT, "src/cli.ts"), ...job, "--", "sh", "-c", script];
      const [unshare = "", ...contained] = CONTAINER;
      const env = desk.env({ HARDCALL_KEY: "" });
      // The second is another call of the same key, the third no call at all.
      await run(unshare, [...contained, ...cli], { env });
      await run(unshare, [...contained, ...cli], { env });
      expect(linesOf(desk.codes)).toEqual(["0", "0"]);
      expect(await desk.check(["sh"], PLAIN)).toEqual([0]);
    });

    it("each within a call of the ledger: the second waits while that call goes on", async () => {
      const desk = new Desk(await newLedger(kind));
      const END = path.join(desk.folder, "end");
      await run("mkfifo", [END]);
      const script = `${PLAIN}; echo $? >> "$CODES"; [ -z "$END" ] || read end < "$END"; exit 0`;
      const job = (name: string) => {
        const flags = ["--timeout", "1m", "--effects", "keyed", "--key", "2026-11-20", "--allow-empty"];
        return ["run", ...flags, "--name", name, "--", "sh", "-c", script];
      };
      const [unshare = "", ...contained] = CONTAINER;
      const cli = [process.execPath, path.join(ROOT, "src/cli.ts")];
      const first = start(unshare, [...contained, ...cli, ...job("web")], { env: desk.env({ END }) });
      onTestFinished(() => void first.child.kill("SIGKILL"));
      expect(await linesIn(desk.codes, 1)).toEqual(["0"]);
      await hardcall(job("mail"), { env: desk.env() });
      expect(linesOf(desk.codes)).toEqual(["0", "75"]);
      await writeFile(END, "end\n");
      expect(await first.finished).toMatchObject({ exitCode: 0 });
      await hardcall(job("feed"), { env: desk.env() });
      expect(linesOf(desk.codes)).toEqual(["0", "75", "0"]);
    });
  },
);
