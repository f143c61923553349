/** The command `hardcall`: its exit codes, its streams, its files. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { check } from "./lib/check.ts";
import { FAKE_BIN, hardcall, start, tempFolder, type Ended } from "./lib/start.ts";

const said = ({ code, stdout }: Ended) => [code, stdout] as const;
const sh = (script: string, ...options: readonly string[]) =>
  hardcall(["run", "--timeout", "20s", ...options, "--", "sh", "-c", script]);

await check("run: each kind of end has its exit code, and only a success has stdout", [], async () => {
  assert.deepEqual(said(await sh("echo hello")), [0, "hello\n"]);
  const codes = {
    65: sh("true"),
    69: sh("echo half; exit 3"),
    124: sh("echo half; sleep 60", "--timeout", "500ms", "--kill-grace", "200ms"),
    126: hardcall(["run", "--timeout", "9s", "--", "/etc/passwd"]),
    127: hardcall(["run", "--timeout", "9s", "--", "nosuchprogram"]),
    2: hardcall(["run", "--", "true"]),
  };
  for (const [code, end] of Object.entries(codes)) {
    const ended = await end;
    assert.deepEqual(said(ended), [Number(code), ""]);
    assert.match(ended.stderr, /^hardcall: /m);
  }
});

await check("stdin, a large output and bytes that are no text pass through unchanged", [20], async () => {
  const passed = await hardcall(["run", "--timeout", "20s", "--stdin", "--", "cat"], {
    stdin: "x".repeat(2_000_000),
  });
  assert.deepEqual([passed.code, passed.stdout.length], [0, 2_000_000]);
  assert.equal((await sh("printf 'a\\rb\\tc'")).stdout, "a\rb\tc");
});

await check("a schema, an outcome file and the child's own stderr", [23, 24], async () => {
  const folder = tempFolder();
  const [schema, outcome] = [path.join(folder, "schema.json"), path.join(folder, "outcome.json")];
  writeFileSync(
    schema,
    JSON.stringify({ type: "object", required: ["n"], properties: { n: { type: "number" } } }),
  );
  assert.equal((await sh(`echo '{"n":1}'`, "--schema", schema)).code, 0);
  assert.equal((await sh(`echo '{"n":"x"}'`, "--schema", schema)).code, 65);
  const failed = await sh("echo why >&2; exit 3", "--outcome-file", outcome);
  assert.match(failed.stderr, /why/);
  assert.equal((JSON.parse(readFileSync(outcome, "utf8")) as { code: string }).code, "exit_nonzero");
});

await check("claude, on the fake: an answer, nothing, a limit", [16], async () => {
  const PATH = [FAKE_BIN, process.env["PATH"]].join(path.delimiter);
  const ask = (mode: string) =>
    hardcall(["claude", "--timeout", "30s", "Write."], {
      env: { PATH, FAKE_CLAUDE_MODE: mode, FAKE_CLAUDE_TEXT: "A post." },
    });
  assert.deepEqual(said(await ask("ok")), [0, "A post.\n"]);
  assert.deepEqual(said(await ask("empty")), [65, ""]);
  assert.deepEqual(said(await ask("rate-limit")), [75, ""]);
  assert.equal((await hardcall(["fake-bin"])).stdout.trim(), FAKE_BIN);
});

for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const) {
  await check(`${signal} ends the command and its child, as exit code ${code}`, [12], async () => {
    const pid = path.join(tempFolder(), "pid");
    const args = [
      "run",
      "--timeout",
      "60s",
      "--kill-grace",
      "300ms",
      "--",
      "sh",
      "-c",
      'echo $$ >"$0"; exec sleep 60',
    ];
    const { child, ended } = start(path.join(FAKE_BIN, "../dist/cli.js"), [...args, pid]);
    while (!existsSync(pid) || readFileSync(pid, "utf8") === "")
      await new Promise((done) => setTimeout(done, 20));
    process.kill(child.pid!, signal);
    const end = await ended;
    assert.ok(end.code === code || end.signal === signal, JSON.stringify(end));
    assert.throws(() => process.kill(Number(readFileSync(pid, "utf8")), 0));
  });
}

await check("ledger, dedupe, resource, report and help do their work", [36], async () => {
  const folder = tempFolder();
  const [ledger, draft] = [path.join(folder, "ledger.db"), path.join(folder, "draft")];
  const key = ["run", "--timeout", "9s", "--ledger", ledger, "--key", "k", "--", "echo", "once"];
  assert.deepEqual(said(await hardcall(key)), [0, "once\n"]);
  assert.match((await hardcall(["ledger", "list", "--ledger", ledger])).stdout, /succeeded/);
  writeFileSync(draft, "a draft");
  const dedupe = (verb: string) => hardcall(["dedupe", verb, "--scope", "s", "--ledger", ledger, draft]);
  const checked = await dedupe("check");
  assert.equal(checked.code, 0, checked.stderr);
  const html = path.join(folder, "report.html");
  const reported = await hardcall(["report", "--ledger", ledger, "--out", html]);
  assert.equal(reported.code, 0, reported.stderr);
  assert.match(readFileSync(html, "utf8"), /<html/);
  assert.equal((await hardcall(["--help"])).code, 0);
  assert.equal((await hardcall(["nosuch"])).code, 2);
});

await check("doctor finds what it finds on Node.js", [], async () => {
  const env = { HARDCALL_LEDGER: path.join(tempFolder(), "ledger.db") };
  const { stdout } = await hardcall(["doctor"], { env });
  for (const line of ["a deadline holds", "escaped descendants are ended"])
    assert.match(stdout, new RegExp(`^yes +${line}`, "m"), stdout);
});

await check("the dashboard answers on the loopback interface, and ends when it is told", [], async () => {
  const ledger = path.join(tempFolder(), "ledger.db");
  await hardcall(["run", "--timeout", "9s", "--ledger", ledger, "--key", "k", "--", "echo", "once"]);
  const { child, ended } = start(path.join(FAKE_BIN, "../dist/cli.js"), ["dashboard", "--ledger", ledger]);
  let told = "";
  const url = await new Promise<string>((resolve) => {
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk: Buffer) => {
        told += chunk.toString();
        const [found] = /http:\/\/\S+/.exec(told) ?? [];
        if (found !== undefined) resolve(found);
      });
  });
  const page = await fetch(url);
  assert.equal(page.status, 200);
  assert.match(await page.text(), /<html/i);
  process.kill(child.pid!, "SIGTERM");
  await ended;
});
