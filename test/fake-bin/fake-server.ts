import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { expect, onTestFinished } from "vitest";
import { FAKE_BIN } from "./harness.ts";

type Exit = readonly [code: number | null, signal: string | null];

/** Starts a fake server. It ends with the test. */
export async function startFakeServer(name: string, args: readonly string[] = []) {
  // ast-grep-ignore: js-subprocess-timeout, reason: a server; `track` has it ended after the test
  const child = spawn(process.execPath, [join(FAKE_BIN, name), ...args], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const exited = track(child);
  const [url] = await once(createInterface(child.stdout), "line");
  return { child, exited, url: String(url) };
}

/** A fake server that refuses to start: its exit and what it says. */
export async function refusedFakeServer(name: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [join(FAKE_BIN, name), ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 30_000,
  });
  const exited = track(child);
  const [stderr, stdout] = await Promise.all([text(child.stderr), text(child.stdout)]);
  expect(stdout).toBe("");
  return { exit: await exited, stderr };
}

function track(child: ChildProcess): Promise<Exit> {
  const exited = new Promise<Exit>((resolve) => {
    child.once("exit", (code, signal) => resolve([code, signal]));
  });
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await exited;
  });
  return exited;
}

/** How the body of a response ends for a client with that much patience, and what it reads until then. */
export async function readFor(ms: number, response: Response) {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let body = "";
  const end = (async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return "ended";
      body += value;
    }
  })().catch(() => "reset");
  const how = await Promise.race([end, delay(ms, "silent")]);
  await reader.cancel().catch(() => {}); // already cut
  return { how, body };
}
