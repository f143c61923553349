import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { ROOT, tempFolder } from "../helpers/files.ts";
import { ledgerPath } from "../helpers/ledger.ts";
import { run, type Finished } from "../helpers/run.ts";
import { canMount, mountTmpfs, unmount } from "../helpers/mounts.ts";

/** A shell script in which `hardcall` is this one. */
const shell = (script: string, env: NodeJS.ProcessEnv = {}): Promise<Finished> =>
  run("bash", ["-c", `hardcall() { "$NODE" "$CLI" "$@"; }\n${script}`], {
    cwd: tempFolder(),
    env: {
      NODE: process.execPath,
      CLI: path.join(ROOT, "src/cli.ts"),
      NODE_COMPILE_CACHE: path.join(ROOT, "node_modules/.cache/hardcall-tests"),
      HARDCALL_LEDGER: ledgerPath(),
      ...env,
    },
  });

describe("output that could not be written is no success", () => {
  test.each([
    ["run", "hardcall run --timeout 20s -- echo hi"],
    [
      "run, replayed",
      "hardcall run --timeout 20s --key a -- echo hi; hardcall run --timeout 20s --key a -- echo hi",
    ],
    ["--help", "hardcall --help"],
    ["--version", "hardcall --version"],
    ["fake-bin", "hardcall fake-bin"],
    ["doctor", "hardcall doctor"],
    ["ledger list", "hardcall ledger list"],
    ["ledger list --json", "hardcall ledger list --json"],
    ["dedupe check", "echo a draft | hardcall dedupe check --scope drafts"],
    ["sentinel check", "hardcall sentinel check --config ok.json"],
    ["report", "hardcall report --out report.html"],
  ])("%s", async (_title, script) => {
    const config = `{"sentinels":[{"name":"it","every":"1h","window":"2h","count":{"files":"*.json"}}]}`;
    const end = await shell(
      `echo '${config}' >ok.json; hardcall run --timeout 20s --key seed -- echo seed >/dev/null; { ${script}; } >/dev/full`,
    );
    expect(end.stderr).toContain("hardcall: The output could not be written to stdout (ENOSPC): 0 of ");
    expect(end.exitCode).toBe(74);
  });

  test("says what is known of the call, and how its output can be had", async () => {
    const end = await shell("hardcall run --timeout 20s --key a -- echo hi >/dev/full");
    expect(end.stderr).toBe(
      "hardcall: The output could not be written to stdout (ENOSPC): 0 of 3 bytes were. The call itself succeeded; " +
        "do not use what was written. Run it again with the same key to have its output, if the ledger kept it.\n",
    );
    expect((await shell("hardcall run --timeout 20s --key a -- echo hi")).stdout.toString()).toBe("hi\n");
  });

  test.skipIf(!canMount)("a part of it is none, when the disk is full", async () => {
    const folder = mountTmpfs("64k");
    onTestFinished(() => unmount(folder));
    const script = "hardcall run --timeout 20s -- sh -c 'yes | head -c 1048576'";
    const end = await shell(`${script} >"${path.join(folder, "dump.sql")}"`);
    expect(end.exitCode).toBe(74);
    expect(end.stderr).toContain("(ENOSPC): 65536 of 1048576 bytes were.");
  });

  test("nor is one that goes to a descriptor which cannot be written", async () => {
    const end = await shell("hardcall run --timeout 20s -- echo hi 1</dev/null");
    expect(end.stderr).toContain("could not be written to stdout (EBADF)");
    expect(end.exitCode).toBe(74);
  });

  test("a call that failed keeps its own exit code", async () => {
    const end = await shell("hardcall run --timeout 20s -- sh -c 'exit 3' >/dev/full");
    expect(end).toMatchObject({ exitCode: 69 });
    expect(end.stderr).not.toContain("could not be written");
  });

  test("an alert that could not be printed has not been delivered, and waits", async () => {
    const config =
      '{"sentinels":[{"name":"it","window":"2h","grace":0,"unknownGrace":0,"alertAfter":1,' +
      '"count":{"files":"*","cwd":"nowhere"},"alerts":[{"stdout":true}]}]}';
    const end = await shell(`
      echo '${config}' >config.json
      hardcall sentinel check --config config.json >/dev/full; echo "first $?"
      hardcall sentinel check --config config.json >table; echo "second $?"`);
    expect(end.stdout.toString()).toBe("first 1\nsecond 1\n");
    expect(end.stderr).toMatch(/^hardcall: The alert \S+ was not delivered: stdout could not be written\.$/m);
    expect(end.stderr).toMatch(/^hardcall: 1 alerts wait to be delivered again$/m);
  });
});

describe("a reader that has gone is no failure", () => {
  test.each([
    ["run", "hardcall run --timeout 20s -- sh -c 'yes | head -c 1000000'"],
    ["--help", "hardcall --help"],
    ["ledger list", "hardcall run --timeout 20s --key a -- echo hi >out; hardcall ledger list"],
  ])("%s", async (_title, script) => {
    const { stdout, stderr } = await shell(`${script} | true; echo "\${PIPESTATUS[0]}"`);
    expect(stderr).toBe("");
    expect(stdout.toString()).toBe("0\n");
  });
});

describe("what happens to stderr changes no exit code", () => {
  test.each([
    ["a success", 0, "hardcall run --timeout 20s -- echo hi"],
    [
      "a replay",
      0,
      "hardcall run --timeout 20s --key a -- echo hi && hardcall run --timeout 20s --key a -- echo hi",
    ],
    ["a failure", 69, "hardcall run --timeout 20s -- sh -c 'echo no >&2; exit 3'"],
    ["a line of the log", 0, "hardcall run --timeout 20s --log-level info -- echo hi"],
    ["a wrong command line", 2, "hardcall rnu"],
    [
      "content that came before",
      73,
      "echo x | hardcall dedupe commit --scope s; echo x | hardcall dedupe check --scope s",
    ],
  ])("%s", async (_title, code, script) => {
    for (const redirect of ["2>/dev/full", "2>&-", "2> >(true)"]) {
      const end = await shell(`{ ${script}; } >out ${redirect}`);
      expect([redirect, end.exitCode]).toEqual([redirect, code]);
    }
  });
});

test("a reader that does not read keeps no signal from ending it", async () => {
  const script = "yes | head -c 1000000";
  const child = spawn(
    process.execPath,
    [path.join(ROOT, "src/cli.ts"), "run", "--timeout", "20s", "--", "sh", "-c", script],
    { stdio: ["ignore", "pipe", "inherit"], timeout: 60_000 },
  );
  onTestFinished(() => void child.kill("SIGKILL"));
  const exited = once(child, "exit");
  // It has begun to print, and comes no further: what is read here is less than what it has.
  await once(child.stdout, "readable");
  child.kill("SIGTERM");
  expect(await exited).toEqual([null, "SIGTERM"]);
});
