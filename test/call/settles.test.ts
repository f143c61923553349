import { execFile } from "node:child_process";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { CallError, claude, command, defineCall, job, task, type JobDriver } from "../../src/index.ts";
import { ledgerPath } from "../helpers/ledger.ts";

interface Thing {
  readonly name: string;
}

const SECRET = "alice@example.com";

const throwing = (): Thing =>
  Object.defineProperty({}, "name", {
    enumerable: true,
    get: () => {
      throw new RangeError(SECRET);
    },
  }) as Thing;

const driver: JobDriver<Thing, string> = {
  submit: async (_, { name }) => void name,
  status: async () => ({ state: "succeeded" }),
  cancel: async () => undefined,
  result: async () => ({ value: "done" }),
};

const done = task<Thing, string>(async () => "done");

describe("settle does not reject for an input whose getter throws", () => {
  const common = { name: "odd", timeout: "10s", effects: "once" } as const;
  const keyed = () => ({ ...common, ledger: ledgerPath() });
  test.each([
    ["a task", () => defineCall({ ...common, callee: task(async ({ name }: Thing) => name) }), "job_failed"],
    [
      "a command",
      () => defineCall({ ...common, callee: command("echo", ({ name }: Thing) => [name]) }),
      "invalid_config",
    ],
    ["claude", () => defineCall({ ...common, callee: claude() }), "invalid_config"],
    ["a task with a key", () => defineCall({ ...keyed(), callee: done, key: () => "a" }), "invalid_config"],
    [
      "a key that is made of it",
      () => defineCall({ ...keyed(), callee: done, key: ({ name }) => name }),
      "invalid_config",
    ],
    [
      "a job with a key",
      () => defineCall({ ...keyed(), callee: job(driver), key: () => "a" }),
      "invalid_config",
    ],
  ])("%s", async (_, define, code) => {
    const call = define() as { settle(input: unknown): Promise<unknown> };
    const input: unknown = throwing();
    const prompt = Object.defineProperty({}, "prompt", Object.getOwnPropertyDescriptor(input, "name")!);
    const settled = await call.settle(_ === "claude" ? prompt : input);
    expect(settled).toBeInstanceOf(CallError);
    expect(settled).toMatchObject({ code });
    expect((settled as CallError).message).not.toContain(SECRET);
  });

  test("nor for options of the call that throw", async () => {
    const call = defineCall({ ...common, callee: task(async () => "done") });
    const odd = throwing() as object;
    expect(await call.settle(undefined, odd)).toMatchObject({
      code: "invalid_config",
      effect: "not_started",
    });
  });

  test("nor for a thrown error or a returned value that cannot be read", async () => {
    const error = Object.defineProperty(new Error("x"), "code", {
      get: () => {
        throw new Error(SECRET);
      },
    });
    const thrower = task(async () => Promise.reject(error));
    expect(await defineCall({ ...common, callee: thrower }).settle()).toMatchObject({
      code: "job_failed",
      effect: "unknown",
      cause: error,
    });
    const value = Object.defineProperty({}, "ok", Object.getOwnPropertyDescriptor(throwing(), "name")!);
    const giver = defineCall({ ...common, callee: task(async () => value) });
    expect(await giver.settle()).toMatchObject({ code: "job_failed", effect: "unknown" });
  });
});

describe("a process without a descriptor left at the first use", () => {
  // What is loaded when it is used, one of each kind.
  const KINDS = ["task", "command", "keyed", "job"] as const;
  const HOST = pathToFileURL(path.join(import.meta.dirname, "../fixtures/hosts/without-descriptors.ts")).href;

  test.each(KINDS)("settles, starts nothing, and works once there are some again (%s)", async (kind) => {
    const script = `ulimit -n 64; exec "$0" --input-type=module -e 'await import("${HOST}")' ${kind}`;
    const { stdout } = await promisify(execFile)("bash", ["-c", script, process.execPath], {
      timeout: 60_000,
      env: { ...process.env, HARDCALL_LEDGER: ledgerPath() },
    });
    const [starved, fed] = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as object);
    expect(starved).toMatchObject({
      code: "spawn_failed",
      effect: "not_started",
      retryable: true,
      starts: 0,
    });
    expect(fed).toMatchObject({ outcome: "executed" });
  });
});
