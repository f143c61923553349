import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import { test, type TestContext } from "node:test";
import { CLI, tempFolder, hardcall, LIMIT_MS } from "./lib/command-line.ts";
import { inConsole } from "./lib/console.ts";
import { notUnderWine } from "./lib/platform.ts";
import { Witness } from "./lib/witness.ts";

const HOST = path.join(import.meta.dirname, "lib/signal-host.mjs");
const STATUS_CONTROL_C_EXIT = 0xc000013a;

/** A program in a console, and a child of it that runs until the key is pressed. */
async function pressed(t: TestContext, key: "c" | "break", file: string, args: readonly string[] = []) {
  const witness = await Witness.open(t);
  const child = inConsole(process.execPath, [file, ...args, process.execPath, ...witness.member("child")]);
  t.after(() => child.kill("SIGKILL"));
  const output = Promise.all([text(child.stdout!), text(child.stderr!)]);
  await witness.arrived("child");
  child.stdin!.write(`${key}\n`);
  const [[exitCode], [stdout, stderr]] = await Promise.all([once(child, "close"), output]);
  await witness.gone("child", 5000);
  return { exitCode: exitCode as number, stdout, stderr };
}

test("Ctrl-C ends the call and its processes: exit code 130, and the ledger and the outcome file have it", async (t) => {
  const at = tempFolder();
  const outcome = path.join(at, "outcome.json");
  const ledger = ["--ledger", path.join(at, "ledger.db")];
  const options = ["--timeout", "60s", "--key", "k", ...ledger, "--outcome-file", outcome];
  const end = await pressed(t, "c", CLI, ["run", ...options, "--"]);
  assert.equal(end.exitCode, 130, end.stderr);
  assert.equal(end.stdout, "");
  assert.match(end.stderr, /SIGINT/);
  const { code } = JSON.parse(readFileSync(outcome, "utf8")) as { code: string };
  assert.equal(code, "cancelled");
  assert.match((await hardcall(["ledger", "list", ...ledger])).stdout, /cancelled/);
});

const noBreak = notUnderWine(
  "Wine 8 answers GenerateConsoleCtrlEvent for Ctrl-Break with ERROR_INVALID_HANDLE",
);
test("Ctrl-Break ends the call and its processes: exit code 143", { skip: noBreak }, async (t) => {
  const end = await pressed(t, "break", CLI, ["run", "--timeout", "60s", "--"]);
  assert.equal(end.exitCode, 143, end.stderr);
});

test("a program without a handler ends by Ctrl-C as Windows would end it, once its call is over", async (t) => {
  const end = await pressed(t, "c", HOST, ["does-not-listen"]);
  assert.equal(end.stdout, `host: cancelled unknown\nhost: exit ${STATUS_CONTROL_C_EXIT}\n`);
  assert.equal(end.exitCode, STATUS_CONTROL_C_EXIT);
});

test("a program with a handler decides about itself", async (t) => {
  const end = await pressed(t, "c", HOST, ["listens"]);
  assert.equal(end.stdout, "host: SIGINT\nhost: cancelled unknown\nhost: exit 0\n");
  assert.equal(end.exitCode, 0);
});

test("SIGTERM from another program ends the host at once, and with it what the call started (Job Object)", async (t) => {
  const witness = await Witness.open(t);
  const args = [CLI, "run", "--timeout", "60s", "--", process.execPath, ...witness.member("child")];
  const child = spawn(process.execPath, args, { stdio: "ignore", timeout: LIMIT_MS, killSignal: "SIGKILL" });
  await witness.tell("child", { do: "start", name: "grandchild", detached: true });
  await witness.arrived("grandchild");
  child.kill("SIGTERM");
  await once(child, "exit");
  await witness.gone("child", 5000);
  await witness.gone("grandchild", 5000);
});
