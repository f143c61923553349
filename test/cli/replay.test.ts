import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { ledgerPath } from "../helpers/ledger.ts";
import * as cli from "../helpers/run.ts";

/** A command that runs once, or the test fails: it leaves a line each time. */
function running(ledger: string, script: string, ...flags: readonly string[]) {
  const starts = path.join(path.dirname(ledger), "starts");
  const args = ["run", "--timeout", "60s", "--ledger", ledger, "--key", "a", "--name", "dump", ...flags];
  return {
    run: (...more: readonly string[]) =>
      cli.hardcall([...args, ...more, "--", "sh", "-c", `echo x >> ${starts}; ${script}`]),
    starts: () => (existsSync(starts) ? readFileSync(starts, "utf8").length / 2 : 0),
  };
}

/** Makes a ledger what older versions made of it. */
function forgetOutputs(ledger: string): void {
  const database = new DatabaseSync(ledger);
  database.exec("UPDATE operations SET details = json_remove(details, '$.output')");
  database.close();
}

describe("hardcall run, replayed", () => {
  it.each([
    ["a line", "echo dumped"],
    ["no final newline", "printf dumped"],
    ["two of them", "printf 'dumped\\n\\n'"],
    ["a line of Windows", "printf 'dumped\\r\\n'"],
    ["bytes that are no text", "printf 'x\\377\\000\\001y'"],
    ["gzip", "echo dumped | gzip -n"],
    ["nothing but a newline", "echo", "--allow-empty"],
    ["JSON as it was written", 'printf \'{ "b": 1.0,\\n  "a": [ ] }\\n\\n\'', "--json"],
  ])("prints the bytes of the first run, no more and no less: %s", async (_what, script, ...flags) => {
    const { run, starts } = running(ledgerPath(), script, ...flags);
    const first = await run();
    const again = await run();
    expect([first.exitCode, again.exitCode]).toEqual([0, 0]);
    expect(again.stdout.toString("hex")).toBe(first.stdout.toString("hex"));
    expect(again.stderr).toMatch(/^hardcall: dump replayed from call [-0-9a-f]{36}\n$/);
    expect(starts()).toBe(1);
  });

  it.each([
    ["a line", "echo dumped", []],
    ["no final newline", "printf dumped", []],
    ["JSON", `echo '{"a":[1]}'`, ["--json"]],
  ])("prints what an older version kept as a value only: %s", async (_what, script, flags) => {
    const ledger = ledgerPath();
    const { run, starts } = running(ledger, script, ...flags);
    const first = await run();
    forgetOutputs(ledger);
    const again = await run();
    expect(again).toMatchObject({ exitCode: 0, stdout: first.stdout });
    expect(starts()).toBe(1);
  });

  it.each([
    ["is not JSON, with --json", "echo dumped", ["--json"], "invalid_output"],
    ["is less than --min-bytes", "echo dumped", ["--min-bytes", "100"], "empty_output"],
    ["is blank, without --allow-empty", "echo", [], "empty_output"],
  ])("prints nothing that %s", async (_what, script, flags, code) => {
    const ledger = ledgerPath();
    const { run, starts } = running(ledger, script);
    const outcome = path.join(path.dirname(ledger), "outcome.json");
    expect(await run("--allow-empty")).toMatchObject({ exitCode: 0 });
    const again = await run(...flags, "--outcome-file", outcome);
    expect([again.exitCode, again.stdout.length]).toEqual([65, 0]);
    expect(again.stderr).toContain("The work is done and is not repeated under this key.");
    expect(JSON.parse(readFileSync(outcome, "utf8"))).toMatchObject({ code, effect: "completed" });
    expect(starts()).toBe(1);
  });

  it("prints nothing that the hash of the first run does not prove", async () => {
    const ledger = ledgerPath();
    const { run, starts } = running(ledger, `echo '{ "a": 1.0 }'`, "--json");
    await run();
    forgetOutputs(ledger);
    const again = await run();
    expect(again).toMatchObject({ exitCode: 65, stdout: Buffer.alloc(0) });
    expect(starts()).toBe(1);
  });

  it.each([
    ["2 MB of text", "head -c 1500000 /dev/zero | base64 -w 0"],
    ["2 MB of bytes", "head -c 2000000 /dev/urandom"],
  ])("exits 65 where the output is too large to be kept: %s", async (_what, script) => {
    const { run, starts } = running(ledgerPath(), script);
    expect((await run()).stdout).toHaveLength(2_000_000);
    const again = await run();
    expect(again).toMatchObject({ exitCode: 65 });
    expect(again.stdout).toHaveLength(0);
    expect(again.stderr).toMatch(
      /^hardcall: The call "dump" succeeded .* ago \(call .*\), but the ledger did not keep its output/,
    );
    expect(again.stderr).toContain("--replay-without-output");
    const accepted = await run("--replay-without-output");
    expect(accepted).toMatchObject({ exitCode: 0 });
    expect(accepted.stdout).toHaveLength(0);
    expect(accepted.stderr).toContain("its output is not kept");
    expect(starts()).toBe(1);
  });
});
