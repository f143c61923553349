import { tracingChannel } from "node:diagnostics_channel";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  CallError,
  CHANNELS,
  command,
  defineCall,
  openLedger,
  task,
  type AttemptTrace,
  type CallTrace,
  type LedgerTrace,
} from "../../src/index.ts";
import { tempFolder as folder } from "../helpers/files.ts";

interface Event<Trace> {
  readonly event: string;
  readonly trace: Trace;
  readonly seen: object;
}

/** Every event of a channel, with the context as it was then. */
function listen<Trace extends object>(name: string): Event<Trace>[] {
  const events: Event<Trace>[] = [];
  const on = (event: string) => (trace: object) =>
    void events.push({ event, trace: trace as Trace, seen: { ...trace } });
  const subscribers = {
    start: on("start"),
    end: on("end"),
    asyncStart: on("asyncStart"),
    asyncEnd: on("asyncEnd"),
    error: on("error"),
  };
  const channel = tracingChannel(name);
  channel.subscribe(subscribers);
  onTestFinished(() => {
    channel.unsubscribe(subscribers);
  });
  return events;
}

const none = () => undefined;

function carry(trace: object): void {
  Object.assign((trace as AttemptTrace).carrier, { TRACEPARENT: "00-from-trace", TRACESTATE: "a=b" });
}

describe("the tracing channels", () => {
  it("have names that are part of the contract", () => {
    expect(CHANNELS).toEqual({
      call: "hardcall:call",
      attempt: "hardcall:attempt",
      ledger: "hardcall:ledger",
    });
  });

  it("tell a call and its attempts from start to end", async () => {
    const calls = listen<CallTrace>("hardcall:call");
    const attempts = listen<AttemptTrace>("hardcall:attempt");
    const greet = defineCall({
      name: "greet",
      callee: command("echo", ["hello"]),
      timeout: "30s",
      effects: "none",
    });
    const { callId, stdoutSha256 } = await greet();
    expect(calls.map(({ event }) => event)).toEqual(["start", "end", "asyncStart", "asyncEnd"]);
    expect(calls[0]?.seen).toEqual({ callId, name: "greet", callee: "command", effects: "none" });
    expect(calls.at(-1)?.seen).toEqual({
      callId,
      name: "greet",
      callee: "command",
      effects: "none",
      outcome: "executed",
      attempts: 1,
      durationMs: expect.any(Number),
      evidence: [],
      result: undefined,
    });
    expect(new Set(calls.map(({ trace }) => trace)).size).toBe(1);
    expect(attempts.at(-1)?.seen).toMatchObject({
      callId,
      attempt: 1,
      executable: "echo",
      pid: expect.any(Number),
      effect: "completed",
      exitCode: 0,
      stdoutBytes: 6,
      stdoutSha256,
    });
  });

  it("tell each failed attempt and the failed call, without their causes", async () => {
    const calls = listen<CallTrace>("hardcall:call");
    const attempts = listen<AttemptTrace>("hardcall:attempt");
    const flaky = defineCall({
      name: "flaky",
      callee: task<void, string>(async () => {
        throw new Error("canary-22");
      }),
      timeout: "30s",
      effects: "none",
      retry: { attempts: 2, baseDelay: 1 },
    });
    await expect(flaky()).rejects.toBeInstanceOf(CallError);
    expect(calls.map(({ event }) => event)).toEqual(["start", "end", "error", "asyncStart", "asyncEnd"]);
    expect(calls.at(-1)?.trace).toMatchObject({
      outcome: "failed",
      code: "job_failed",
      attempts: 2,
      error: { code: "job_failed", message: expect.stringContaining("It was tried 2 times") },
    });
    expect(attempts.filter(({ event }) => event === "error").map(({ trace }) => trace.error)).toEqual([
      { code: "job_failed", message: "threw Error" },
      { code: "job_failed", message: "threw Error" },
    ]);
    expect(JSON.stringify([calls, attempts])).not.toContain("canary-22");
  });

  it("tell what the ledger was asked and answered", async () => {
    const uses = listen<LedgerTrace>("hardcall:ledger");
    const ledger = await openLedger(path.join(folder(), "ledger.db"));
    onTestFinished(() => ledger.close());
    const publish = defineCall({
      name: "publish-post",
      callee: task(async (slot: string) => slot),
      timeout: "30s",
      effects: "keyed",
      key: (slot) => [slot],
      ledger,
    });
    const { callId } = await publish("canary-23");
    await publish("canary-23");
    const ended = uses.filter(({ event }) => event === "asyncEnd").map(({ trace }) => trace);
    expect(ended.map(({ operation, answer }) => [operation, answer])).toEqual([
      ["claim", "proceed"],
      ["started", undefined],
      ["settle", "settled"],
      ["claim", "replayed"],
    ]);
    expect(ended[0]).toMatchObject({ callId, keySha256: expect.stringMatching(/^[\da-f]{16}$/) });
    expect(JSON.stringify(uses)).not.toContain("canary-23");
  });

  it("let a subscriber hand variables to the child, but not over the caller's", async () => {
    const channel = tracingChannel("hardcall:attempt");
    const subscribers = { start: carry, end: none, asyncStart: none, asyncEnd: none, error: none };
    channel.subscribe(subscribers);
    onTestFinished(() => {
      channel.unsubscribe(subscribers);
    });
    const show = defineCall({
      name: "show",
      callee: command("sh", ["-c", 'echo "$TRACEPARENT $TRACESTATE"'], { env: { TRACESTATE: "mine" } }),
      timeout: "30s",
      effects: "none",
    });
    expect(await show()).toMatchObject({ value: "00-from-trace mine" });
  });
});
