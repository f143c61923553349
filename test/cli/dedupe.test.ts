import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { tempFolder as folder } from "../helpers/files.ts";
import { LEDGER_KINDS, newLedger } from "../helpers/ledger.ts";

const CLI = path.join(import.meta.dirname, "../../src/cli.ts");

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function hardcall(
  args: readonly string[],
  state: string,
  stdin?: string | Uint8Array | null,
  ledger = path.join(state, "ledger.db"),
): Promise<Run> {
  const child = spawn(process.execPath, [CLI, ...args], {
    env: { ...process.env, XDG_STATE_HOME: state, HARDCALL_LEDGER: ledger },
    stdio: "pipe",
    timeout: 55_000,
  });
  const output = Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  child.stdin.on("error", () => undefined);
  if (stdin !== null) child.stdin.end(stdin ?? "");
  const [stdout, stderr, [code]] = await output;
  return { stdout, stderr, code: code as number | null };
}

describe.each(LEDGER_KINDS)("hardcall dedupe, the ledger in %s", (kind) => {
  it("exits with 0 for new content, 73 for a duplicate and 65 for a streak", async () => {
    const state = folder();
    const ledger = await newLedger(kind);
    const check = (call: string) =>
      hardcall(["dedupe", "check", "--scope", "drafts", "--call", call], state, "Harbour market\n", ledger);
    const first = await check("call-1");
    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(first.stdout).toMatch(/^[\da-f]{12}-[\da-f-]{36}\n$/);
    const commit = ["dedupe", "commit", "--scope", "drafts", "--token", first.stdout.trim()];
    expect(await hardcall(commit, state, "Harbour market\n", ledger)).toMatchObject({
      code: 0,
      stdout: "committed\n",
    });
    const second = await check("call-2");
    expect(second).toMatchObject({ code: 73, stdout: "" });
    expect(second.stderr).toMatch(
      /^hardcall: The content for "drafts" came before, at \S+Z by call call-1; it has come 2 times\.\n$/,
    );
    const third = await check("call-3");
    expect(third).toMatchObject({ code: 65, stdout: "" });
    expect(third.stderr).toContain('The content for "drafts" is the same for the 3rd time in a row');
  });

  it("reads a file, answers as JSON, forgets, and logs a duplicate as a warning", async () => {
    const state = folder();
    const ledger = await newLedger(kind);
    const file = path.join(state, "draft.md");
    writeFileSync(file, "Harbour market");
    const check = ["dedupe", "check", "--scope", "drafts", "--json", "--log-level", "warn", file];
    const first = await hardcall(check, state, undefined, ledger);
    expect(JSON.parse(first.stdout)).toMatchObject({ verdict: "new", bytes: 14 });
    const commit = ["dedupe", "commit", "--scope", "drafts", "--json", file];
    expect(JSON.parse((await hardcall(commit, state, undefined, ledger)).stdout)).toEqual({
      committed: true,
    });
    const second = await hardcall(check, state, undefined, ledger);
    expect(second.code).toBe(73);
    expect(JSON.parse(second.stdout)).toMatchObject({ verdict: "duplicate", times: 2 });
    const [line = ""] = second.stderr.split("\n");
    expect(JSON.parse(line)).toMatchObject({ level: 40, outcome: "duplicate", scope: "drafts" });
    const forgot = await hardcall(["dedupe", "forget", "--scope", "drafts", file], state, undefined, ledger);
    expect(forgot).toMatchObject({ code: 0, stdout: "forgotten\n" });
    expect((await hardcall(check, state, undefined, ledger)).code).toBe(0);
  });
});

describe("hardcall dedupe", () => {
  it("exits with 65 for blank content, the first time and every time", async () => {
    const state = folder();
    for (const content of ["", "\n", " \t\u200b\n"]) {
      const run = await hardcall(["dedupe", "check", "--scope", "drafts"], state, content);
      expect(run).toMatchObject({ code: 65, stdout: "" });
      expect(run.stderr).toContain("There is no output to use");
    }
    expect(existsSync(path.join(state, "ledger.db"))).toBe(false);
  });

  it.each([
    [["dedupe"], "say what to do: hardcall dedupe and one of check, commit, release, forget"],
    [
      ["dedupe", "check", "--scope", "drafts", "--hold", "0s"],
      '--hold is "0s"; a duration must be greater than 0',
    ],
    [["dedupe", "check", "--scope", " "], "--scope is blank; name what is kept apart"],
    [
      ["dedupe", "commit", "--scope", "drafts", "--hold", "1m"],
      "--hold is not an option of hardcall dedupe commit, but of hardcall dedupe check",
    ],
    [
      ["dedupe", "check", "--scope", "drafts", "--token", "x"],
      "--token is not an option of hardcall dedupe check, but of hardcall dedupe commit and hardcall dedupe release",
    ],
    [["dedupe", "commit", "--scope", "drafts", "--token", "x"], "the token belongs to other content"],
    [["dedupe", "check"], "--scope is missing"],
    [["dedupe", "check", "--scope", "drafts", "--max-streak", "1"], "--max-streak is 1"],
    [["dedupe", "check", "--scope", "drafts", "/nowhere/draft"], "cannot be read"],
  ])("exits with 2 for %j", async (args, words) => {
    const run = await hardcall(args, folder(), "text");
    expect(run).toMatchObject({ code: 2, stdout: "" });
    expect(run.stderr).toContain(words);
  });

  it("does not wait for ever for stdin", async () => {
    const args = ["dedupe", "check", "--scope", "drafts", "--timeout", "300ms"];
    const run = await hardcall(args, folder(), null);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain("stdin did not end within 300 ms");
  });

  it("exits with 74 when the ledger cannot be used", async () => {
    const state = folder();
    writeFileSync(path.join(state, "ledger.db"), "not a database, but long enough to be looked at as one");
    const run = await hardcall(["dedupe", "check", "--scope", "drafts"], state, "text");
    expect(run).toMatchObject({ code: 74, stdout: "" });
  });
});

const run = (args: readonly string[], state: string) =>
  hardcall(["run", "--timeout", "30s", "--evidence-within", "4s", ...args], state);

describe("hardcall run with evidence", () => {
  it("hands on the output only when the artifacts are there", async () => {
    const state = folder();
    const file = path.join(state, "out.txt");
    const flags = ["--evidence-file", file, "--evidence-command", `grep -q draft ${file}`];
    const outcome = path.join(state, "outcome.json");
    const good = await run(
      [...flags, "--outcome-file", outcome, "--", "sh", "-c", `echo draft > ${file}; echo done`],
      state,
    );
    expect(good).toMatchObject({ code: 0, stdout: "done\n" });
    const { evidence } = JSON.parse(await text((await import("node:fs")).createReadStream(outcome))) as {
      evidence: unknown;
    };
    expect(evidence).toMatchObject([
      { kind: "file", path: file, bytes: 6 },
      { kind: "command", exitCode: 0 },
    ]);
    const bad = await run([...flags, "--", "sh", "-c", `echo other > ${file}; echo done`], state);
    expect(bad).toMatchObject({ code: 65, stdout: "" });
    expect(bad.stderr).toContain(
      "evidence 2 of 2 is missing: the command that looks for it exited with code 1",
    );
  });

  it("says what is wrong with the flag", async () => {
    const bad = await hardcall(
      ["run", "--timeout", "30s", "--evidence-file", "x", "--evidence-within", "soon", "--", "true"],
      folder(),
    );
    expect(bad.code).toBe(2);
    expect(bad.stderr).toContain('within is "soon"');
  });
});
