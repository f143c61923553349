import { describe, expect, it } from "vitest";
import { CallError, command, defineCall, job, rejected, task, type JobDriver } from "../../../src/index.ts";
import { memoryLedger } from "../../../src/testing/memory-ledger.ts";

const WARNING =
  "It may have taken effect, so hardcall does not start it again until you resolve it: hardcall ledger resolve.";

const contract = () =>
  ({
    name: "publish",
    timeout: "10s",
    effects: "once",
    key: () => "monday",
    ledger: memoryLedger(),
  }) as const;

const throws = (error: Error) =>
  task(async () => {
    throw error;
  });

async function messageOf(settling: Promise<{ readonly outcome: string }>): Promise<string> {
  const settled = await settling;
  if (!(settled instanceof CallError)) throw new Error(`it did not fail: ${settled.outcome}`);
  return settled.message;
}

describe("a failure that leaves its key in doubt says so: the next call would not start", () => {
  it.each([
    ["a refusal that proves nothing", throws(Object.assign(new Error("no"), { status: 401 }))],
    ["an exit code", command("sh", ["-c", "exit 3"])],
    ["a blank output", command("true")],
  ])("%s", async (_case, callee) => {
    const call = defineCall({ ...contract(), callee });
    expect(await messageOf(call.settle())).toMatch(WARNING);
    expect(await call.settle()).toMatchObject({ code: "in_doubt" });
  });
});

describe("a failure after which the next call may start does not", () => {
  const driver: JobDriver<void, string> = {
    submit: async () => undefined,
    status: async () => ({
      state: "failed",
      failure: { code: "job_failed", message: "failed", effect: "unknown" },
    }),
    cancel: async () => undefined,
    result: async () => ({ value: "" }),
  };

  it.each([
    ["nothing started", { ...contract(), callee: command("no-such-command") }],
    ["it was refused", { ...contract(), callee: throws(rejected("no")) }],
    ["a repeat does no harm", { ...contract(), effects: "none", callee: command("true") } as const],
    ["no key", { ...contract(), key: undefined, callee: command("true") }],
    ["a job, which the next call looks for", { ...contract(), callee: job(driver) }],
  ])("%s", async (_case, options) => {
    expect(await messageOf(defineCall(options as never).settle(undefined as never))).not.toMatch(
      "may have taken effect",
    );
  });
});
