import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { text } from "node:stream/consumers";
import type { TestContext } from "node:test";
import { CallError } from "hardcall";
import type { HostOrder } from "./calling-host.ts";

/** The arguments with which Node is the host program of this folder. */
export const hostIn = (folder: string, order: HostOrder): string[] => [
  "--disable-warning=ExperimentalWarning",
  path.join(folder, "test/windows/lib/calling-host.ts"),
  JSON.stringify(order),
];

/** Starts a host that makes one call, and is ended with the test. */
export function startHost(t: TestContext, order: HostOrder, folder = process.cwd()): ChildProcess {
  const host = spawn(process.execPath, hostIn(folder, order), {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
    timeout: 120_000,
  });
  t.after(() => host.kill("SIGKILL"));
  return host;
}

/** What a host tells of its call. */
export interface Told {
  readonly code?: string;
  readonly effect?: string;
  readonly exitCode?: number;
  readonly notes: readonly string[];
}

/** What a host that ended by itself has told of its call. */
export async function toldBy(host: ChildProcess): Promise<Told> {
  return JSON.parse(await text(host.stdout!)) as Told;
}

/** Ends a host as TerminateProcess does, and waits for that. */
export async function killHost(host: ChildProcess): Promise<void> {
  if (host.exitCode !== null || host.signalCode !== null) return;
  const exited = once(host, "exit");
  host.kill("SIGKILL");
  await exited;
}

/** The failure that a call must have. */
export const failureOf = async (call: Promise<unknown>): Promise<CallError> =>
  await call.then(
    () => assert.fail("the call succeeded"),
    (error: unknown) => {
      assert.ok(error instanceof CallError, String(error));
      return error;
    },
  );
