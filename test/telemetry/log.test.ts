import { once } from "node:events";
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import path from "node:path";
import { pino } from "pino";
import { describe, expect, it, onTestFinished } from "vitest";
import { command, defineCall, openLedger, task, type Logger } from "../../src/index.ts";
import { tempFolder as folder } from "../helpers/files.ts";

interface Logged {
  readonly level: keyof Logger;
  readonly fields: Record<string, unknown>;
  readonly message: string;
}

function recorder() {
  const lines: Logged[] = [];
  const at = (level: keyof Logger) => (fields: object, message: string) =>
    void lines.push({ level, fields: fields as Record<string, unknown>, message });
  return { lines, logger: { info: at("info"), warn: at("warn"), error: at("error") } satisfies Logger };
}

describe("the line of a call", () => {
  it("is at info for a success that shows its output, with counts and hashes", async () => {
    const { lines, logger } = recorder();
    const call = defineCall({
      name: "backup",
      callee: command("printf", ["canary-20"]),
      timeout: "30s",
      effects: "none",
      logger,
    });
    const { callId, stdoutSha256 } = await call();
    expect(lines).toEqual([
      {
        level: "info",
        message: "backup executed",
        fields: {
          call: "backup",
          callId,
          outcome: "executed",
          attempts: 1,
          ms: expect.any(Number),
          exitCode: 0,
          stdoutBytes: 9,
          stdoutSha256,
          evidence: [],
        },
      },
    ]);
  });

  it("is a warning for a success with neither output nor evidence", async () => {
    const { lines, logger } = recorder();
    const quiet = { timeout: "30s", effects: "none", logger } as const;
    await defineCall({ name: "sync", callee: command("true", [], { allowEmpty: true }), ...quiet })();
    await defineCall({ name: "post", callee: task<void, void>(async () => undefined), ...quiet })();
    const found = { callee: task<void, void>(async () => undefined), evidence: [() => true] };
    await defineCall({ name: "seen", ...found, ...quiet })();
    expect(lines.map(({ level, message }) => [level, message])).toEqual([
      ["warn", "sync executed without output or evidence"],
      ["warn", "post executed without output or evidence"],
      ["info", "seen executed"],
    ]);
    expect(lines[1]?.fields).not.toHaveProperty("stdoutSha256");
    expect(lines[2]?.fields).toMatchObject({ evidence: ["function"] });
  });

  it("is an error for a failure, and for a call that may have happened", async () => {
    const { lines, logger } = recorder();
    const ledger = await openLedger(path.join(folder(), "ledger.db"));
    onTestFinished(() => ledger.close());
    const publish = defineCall({
      name: "publish-post",
      callee: command("false"),
      timeout: "30s",
      effects: "once",
      key: () => ["canary-21"],
      ledger,
      logger,
    });
    await publish.settle();
    await publish.settle();
    expect(lines.map(({ level, message }) => [level, message])).toEqual([
      ["error", "publish-post failed: exit_nonzero"],
      ["error", "publish-post in_doubt: in_doubt"],
    ]);
    expect(lines[0]?.fields).toMatchObject({
      code: "exit_nonzero",
      effect: "unknown",
      exitCode: 1,
      stdoutBytes: 0,
      keySha256: expect.stringMatching(/^[\da-f]{16}$/),
    });
    expect(JSON.stringify(lines)).not.toContain("canary-21");
  });

  it("tells a replay from a run", async () => {
    const { lines, logger } = recorder();
    const ledger = await openLedger(path.join(folder(), "ledger.db"));
    onTestFinished(() => ledger.close());
    const publish = defineCall({
      name: "publish-post",
      callee: task(async (slot: string) => slot),
      timeout: "30s",
      effects: "keyed",
      key: (slot) => [slot],
      ledger,
      logger,
    });
    const { callId } = await publish("monday");
    await publish("monday");
    expect(lines.map(({ level, message }) => [level, message])).toEqual([
      ["info", "publish-post executed"],
      ["info", `publish-post replayed from call ${callId}`],
    ]);
    expect(lines[1]?.fields).toMatchObject({ outcome: "replayed", ofCallId: callId, settledBy: "attempt" });
  });

  it("goes to a pino logger as it is", async () => {
    const lines: string[] = [];
    const logger = pino({ base: null }, { write: (line: string) => void lines.push(line) });
    const call = { callee: command("echo", ["hello"]), timeout: "30s", effects: "none", logger } as const;
    await defineCall({ name: "greet", ...call })();
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { level: 30, call: "greet", outcome: "executed", msg: "greet executed" },
    ]);
  });

  it.each([
    ["throws", "() => { throw new RangeError('disk full'); }"],
    // An unhandled rejection would end the host.
    ["rejects", "async () => { throw new RangeError('disk full'); }"],
  ])("does not change what became of the call when the logger %s", async (_how, fail) => {
    const index = path.join(import.meta.dirname, "../../src/index.ts");
    // A process of its own, as it ends in a warning.
    const script = `
      import { command, defineCall } from ${JSON.stringify(index)};
      const fail = ${fail};
      const logger = { info: fail, warn: fail, error: fail };
      const callee = command("echo", ["hello"]);
      const greet = defineCall({ name: "greet", callee, timeout: "30s", effects: "none", logger });
      console.log((await greet()).value);`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 55_000,
    });
    const [stdout, stderr, [exitCode]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, "exit"),
    ]);
    expect({ stdout, exitCode }).toEqual({ stdout: "hello\n", exitCode: 0 });
    expect(stderr).toContain("HardcallWarning: A line of the log was lost: the logger threw RangeError.");
  });

  it("says what a logger must have", () => {
    const logger = { info: () => undefined } as unknown as Logger;
    const call = { callee: command("true"), timeout: "30s", effects: "none", logger } as const;
    expect(() => defineCall({ name: "greet", ...call })).toThrow(
      "logger must have the methods info, warn and error, as a pino logger has",
    );
  });

  it("goes to stderr at the level of HARDCALL_LOG_LEVEL", async () => {
    const main = path.join(import.meta.dirname, "../../src/cli.ts");
    const args = ["run", "--timeout", "30s", "--", "echo", "hello"];
    const lineAt = async (level: string) => {
      const child = spawn(process.execPath, [main, ...args], {
        env: { ...process.env, HARDCALL_LOG_LEVEL: level },
        stdio: ["ignore", "ignore", "pipe"],
        timeout: 55_000,
      });
      return text(child.stderr);
    };
    expect(JSON.parse(await lineAt("info"))).toMatchObject({ level: 30, call: "echo", outcome: "executed" });
    expect(await lineAt("error")).toBe("");
  });
});
