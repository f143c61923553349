/** What operators use: the resources that calls share, the journal, the report, the dashboard, and sentinels that alert by a command. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import path from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { CLI, cmd, hardcall, run } from "./lib/command-line.ts";
import { inConsole } from "./lib/console.ts";
import { scratch } from "./lib/scratch.ts";

const ECHO = cmd("echo done");

/** Runs `hardcall`, which must succeed. */
async function told(args: readonly string[], how: Parameters<typeof hardcall>[1]): Promise<string> {
  const { exitCode, stdout, stderr } = await hardcall(args, how);
  assert.equal(exitCode, 0, `${args.join(" ")}: ${stderr}`);
  return stdout;
}

test("a resource is opened and closed, and the journal and the report have the calls", async () => {
  const cwd = scratch();
  const resources = { resources: { blog: { concurrency: 1 } } };
  writeFileSync(path.join(cwd, "hardcall.resources.json"), JSON.stringify(resources));
  const how = { cwd, env: { HARDCALL_LEDGER: path.join(cwd, "ledger.db") } };
  const call = run(["--resource", "blog", "--name", "post"], ECHO);

  assert.equal(await told(call, how), "done\r\n");
  await told(["resource", "open", "blog", "--by", "a test", "--why", "to see it"], how);
  const refused = await hardcall(call, how);
  assert.equal(refused.exitCode, 75, refused.stderr);
  assert.match(refused.stderr, /was not started: the circuit breaker of the resource "blog" is open/);
  assert.match(await told(["resource", "show", "blog"], how), /a test.*to see it/s);
  await told(["resource", "close", "blog", "--by", "a test", "--why", "seen"], how);

  const listed = JSON.parse(await told(["ledger", "list", "--json"], how)) as Journalled[];
  assert.deepEqual(
    listed.map(({ journal, name, state }) => [journal, name, state]),
    [
      [true, "post", "failed"],
      [true, "post", "succeeded"],
    ],
  );
  assert.match(await told(["ledger", "show", listed[1]!.callId], how), /, in the journal/);
  await told(["report", "--out", "report.html"], how);
  assert.match(readFileSync(path.join(cwd, "report.html"), "utf8"), /1 succeeded, 1 failed/);
});

interface Journalled {
  readonly callId: string;
  readonly journal: boolean;
  readonly name: string;
  readonly state: string;
}

test("a sentinel counts files, and cmd.exe runs the command of its alert, once", async () => {
  const cwd = path.join(scratch(), "für Köln & mehr");
  mkdirSync(path.join(cwd, "posts"), { recursive: true });
  writeFileSync(path.join(cwd, "posts/a.md"), "a post");
  const inbox = path.join(cwd, "inbox");
  const deliver = path.join(cwd, "deliver.cjs");
  writeFileSync(
    deliver,
    `const fs = require("node:fs");
     fs.appendFileSync(${JSON.stringify(inbox)}, process.env.HARDCALL_ALERT_ID + " " + fs.readFileSync(0, "utf8"));`,
  );
  const config = path.join(cwd, "sentinels.json");
  const sentinels = [
    { name: "fine", window: "48h", count: { files: "posts/*.md" } },
    { name: "gone", window: "48h", grace: 0, count: { files: "*", cwd: "nowhere" } },
  ];
  const command = `"${process.execPath}" "${deliver}"`;
  writeFileSync(config, JSON.stringify({ alerts: [{ command }], sentinels }));
  const how = { env: { HARDCALL_LEDGER: path.join(cwd, "ledger.db") } };

  for (const _ of ["the first check alerts", "the second has nothing new to tell"]) {
    const check = await hardcall(["sentinel", "check", "--config", config], how);
    assert.deepEqual([check.exitCode, check.stderr], [1, ""]);
    assert.match(check.stdout, /^ok +fine +1\/1 /m);
    assert.match(check.stdout, /^unknown +gone /m);
  }
  const [, id, alert = ""] = /^(gone-\w+-1-1) (\{.*\})\n$/.exec(readFileSync(inbox, "utf8")) ?? [];
  assert.deepEqual(
    (({ sentinel, verdict }) => [sentinel, verdict])(JSON.parse(alert) as Record<string, unknown>),
    ["gone", "unknown"],
  );
  assert.equal((JSON.parse(alert) as { id: string }).id, id);
  assert.match(await told(["sentinel", "status"], how), /last checked in full .*2 sentinels, 1 not ok/);
});

test("the dashboard shows the calls until Ctrl-C, and ends with 0", async (t) => {
  const cwd = scratch();
  const ledger = path.join(cwd, "ledger.db");
  await told(run(["--ledger", ledger, "--journal"], ECHO), { cwd });
  const dashboard = inConsole(process.execPath, [CLI, "dashboard", "--ledger", ledger]);
  t.after(() => dashboard.kill("SIGKILL"));
  const stderr = text(dashboard.stderr!);
  const [line] = (await once(createInterface({ input: dashboard.stdout! }), "line")) as [string];
  const [, url = ""] = /^The dashboard of .*ledger\.db: (http:\S+)$/.exec(line) ?? [];
  const session = await answer(url);
  assert.equal(session.status, 200, line);
  const cookie = session.cookie?.split(";")[0] ?? "";
  const page = await answer(new URL("/", url), { cookie });
  assert.match(page.body, /<html/);
  const calls = await answer(new URL("/api/overview", url), { cookie, "sec-fetch-site": "same-origin" });
  assert.equal(calls.status, 200);
  assert.match(calls.body, /"succeeded":1/);
  dashboard.stdin!.write("c\n");
  const [exitCode] = (await once(dashboard, "close")) as [number];
  assert.deepEqual([exitCode, await stderr], [0, ""]);
});

/** Not by `fetch`, whose sockets Wine 8 cannot connect. */
async function answer(url: string | URL, headers: Readonly<Record<string, string>> = {}) {
  const [response] = (await once(get(url, { agent: false, headers }), "response")) as [IncomingMessage];
  const [cookie] = response.headers["set-cookie"] ?? [];
  return { status: response.statusCode, cookie, body: await text(response) };
}
