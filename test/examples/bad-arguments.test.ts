import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { userMachine } from "./user-machine.ts";

/** One sentence on stderr, exit code 2, and nothing was started: no file is left in the folder. */
describe("an example refuses", () => {
  it.each<[string, readonly string[], string]>([
    ["claude-draft.mts", ["two", "words"], "usage: node claude-draft.mts"],
    ["claude-draft.mts", ["--help"], "usage: node claude-draft.mts"],
    ["claude-draft.mts", [""], "usage: node claude-draft.mts"],
    ["bigquery-report.mts", ["yesterday"], "usage: node bigquery-report.mts"],
    ["bigquery-report.mts", ["2026-02-30"], "usage: node bigquery-report.mts"],
    ["bigquery-report.mts", ["2026-11-20", "2026-11-21"], "usage: node bigquery-report.mts"],
    ["publish-once.mts", ["https://example.com", "lodge", "slot"], "usage: node publish-once.mts"],
    ["publish-once.mts", ["example.com", "lodge", "slot", "text"], "usage: node publish-once.mts"],
    ["publish-once.mts", ["https://example.com", "", "slot", "text"], "Invalid configuration of the call"],
    ["detached-job.mts", ["key"], "usage: node detached-job.mts"],
    ["detached-job.mts", [" ", "true"], "Invalid configuration of the call"],
    ["property-configs/check.mts", ["nosuch"], '"nosuch" cannot be read: there is no such folder'],
    ["property-configs/check.mts", [import.meta.filename], "cannot be read: it is not a folder"],
    ["property-configs/check.mts", ["one", "two"], "usage: node check.mts"],
    ["fleet/producer.mts", [], "usage: node producer.mts"],
    ["fleet/producer.mts", ["--help"], "usage: node producer.mts"],
    ["fleet/producer.mts", ["alpine-lodge"], "Set DATABASE_URL"],
    ["fleet/worker.mts", [], "Set DATABASE_URL"],
  ])("%s %j", async (example, args, sentence) => {
    const { root, home, run } = userMachine();
    const env = { HARDCALL_LEDGER: `${home}/ledger.db`, DATABASE_URL: "a database" };
    const { code, stdout, stderr } = await run(process.execPath, [`${root}/examples/${example}`, ...args], {
      env,
    });
    expect({ code, stdout, lines: stderr.trimEnd().split("\n").length }).toEqual({
      code: 2,
      stdout: "",
      lines: 1,
    });
    expect(stderr).toContain(sentence);
    expect(readdirSync(home).filter((file) => !file.startsWith("ledger.db"))).toEqual([]);
  });
});

it("fleet ends with one sentence where its database does not answer", async () => {
  const { root, run } = userMachine();
  const env = { DATABASE_URL: "postgres://fleet@127.0.0.1:1/fleet" };
  const { code, stderr } = await run(process.execPath, [`${root}/examples/fleet/worker.mts`], { env });
  expect(code).toBe(75);
  expect(stderr).toMatch(/^The database of DATABASE_URL cannot be used: connect ECONNREFUSED [^\n]*\n$/);
});
