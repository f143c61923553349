import path from "node:path";
import { SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { describe, expect, it, onTestFinished } from "vitest";
import { claude, codex, command, defineCall, gemini, openLedger, task } from "../../src/index.ts";
import { fakeCodex, fakeGemini } from "../../src/testing/index.ts";
import { tempFolder as folder } from "../helpers/files.ts";
import { instrumented } from "./sdk.ts";

const ANSWERS = path.join(import.meta.dirname, "fixtures/answers.mjs");
const limits = { timeout: "30s", effects: "none" } as const;

describe("hardcall/otel", () => {
  it("makes a span of a call and one of each attempt, under what is active", async () => {
    const sdk = instrumented();
    const flaky = defineCall({
      name: "flaky",
      callee: command("sh", ["-c", "exit 3"]),
      ...limits,
      retry: { attempts: 2, baseDelay: 1 },
    });
    const tracer = trace.getTracer("application");
    await tracer.startActiveSpan("job", async (job) => {
      await flaky.settle();
      job.end();
    });
    const call = sdk.span("call flaky");
    const attempts = sdk.spans().filter(({ name }) => name === "sh");
    expect(call.parentSpanContext?.spanId).toBe(sdk.span("job").spanContext().spanId);
    expect(call.kind).toBe(SpanKind.INTERNAL);
    expect(call.status).toMatchObject({ code: SpanStatusCode.ERROR });
    expect(call.attributes).toMatchObject({
      "hardcall.call.name": "flaky",
      "hardcall.outcome": "failed",
      "hardcall.attempts": 2,
      "error.type": "exit_nonzero",
    });
    expect(attempts).toHaveLength(2);
    for (const [index, attempt] of attempts.entries()) {
      expect(attempt.kind).toBe(SpanKind.CLIENT);
      expect(attempt.parentSpanContext?.spanId).toBe(call.spanContext().spanId);
      expect(attempt.attributes).toMatchObject({
        "process.executable.name": "sh",
        "process.exit.code": 3,
        "process.pid": expect.any(Number),
        "hardcall.attempt": index + 1,
        "error.type": "exit_nonzero",
      });
    }
    const metrics = await sdk.metrics();
    expect(metrics["hardcall.attempts"]?.dataPoints).toMatchObject([
      { value: 2, attributes: { "hardcall.call.name": "flaky", "error.type": "exit_nonzero" } },
    ]);
    expect(metrics["hardcall.call.duration"]).toMatchObject({
      descriptor: { unit: "s" },
      dataPoints: [{ value: { count: 1 }, attributes: { "hardcall.outcome": "failed" } }],
    });
  });

  it("tells a run of claude in the words of the GenAI conventions, and hands it the trace", async () => {
    const sdk = instrumented();
    const draft = defineCall({
      name: "write-draft",
      callee: claude({ claudePath: ANSWERS, model: "sonnet" }),
      ...limits,
    });
    const { value } = await draft("Write the post");
    const run = sdk.span("invoke_agent");
    const { traceId, spanId } = run.spanContext();
    expect(value.trim()).toBe(`00-${traceId}-${spanId}-01`);
    expect(run.kind).toBe(SpanKind.CLIENT);
    expect(run.status.code).toBe(SpanStatusCode.UNSET);
    expect(run.attributes).toMatchObject({
      "gen_ai.operation.name": "invoke_agent",
      "gen_ai.provider.name": "anthropic",
      "gen_ai.request.model": "sonnet",
      "gen_ai.response.model": "claude-sonnet-4-5-20250929",
      "gen_ai.conversation.id": "8f2c7a1e-0000-4000-8000-000000000001",
      "gen_ai.response.finish_reasons": ["end_turn"],
      "gen_ai.usage.input_tokens": 3210,
      "gen_ai.usage.output_tokens": 40,
      "gen_ai.usage.cache_read.input_tokens": 3000,
      "gen_ai.usage.cache_creation.input_tokens": 200,
      "process.executable.name": "answers.mjs",
      "process.exit.code": 0,
      "hardcall.cost_usd": 0.0123,
    });
    expect(run.attributes).not.toHaveProperty("error.type");
    const metrics = await sdk.metrics();
    expect(metrics["gen_ai.client.operation.duration"]).toMatchObject({
      descriptor: { unit: "s" },
      dataPoints: [{ attributes: { "gen_ai.operation.name": "invoke_agent" } }],
    });
    const tokens = metrics["gen_ai.client.token.usage"]?.dataPoints.map(({ attributes, value: counted }) => [
      attributes["gen_ai.token.type"],
      (counted as { readonly sum?: number }).sum,
    ]);
    expect(tokens).toEqual([
      ["input", 3210],
      ["output", 40],
    ]);
    expect(metrics["hardcall.cost"]?.dataPoints).toMatchObject([{ value: 0.0123 }]);
  });

  it.each([
    [
      "codex",
      "openai",
      async () => {
        const fake = await fakeCodex();
        return { fake, callee: codex({ codexPath: fake.path, env: fake.env, model: "the-model" }) };
      },
    ],
    [
      "gemini",
      "gcp.gemini",
      async () => {
        const fake = await fakeGemini();
        return { fake, callee: gemini({ geminiPath: fake.path, env: fake.env, model: "the-model" }) };
      },
    ],
  ] as const)("tells a run of %s in the same words", async (kind, provider, faked) => {
    const sdk = instrumented();
    const { fake, callee } = await faked();
    onTestFinished(() => fake[Symbol.asyncDispose]());
    const { sessionId } = await defineCall({ name: "write-draft", callee, ...limits })("Write the post");
    const run = sdk.span("invoke_agent");
    expect(run.kind).toBe(SpanKind.CLIENT);
    expect(run.attributes).toMatchObject({
      "gen_ai.operation.name": "invoke_agent",
      "gen_ai.provider.name": provider,
      "gen_ai.request.model": "the-model",
      "gen_ai.conversation.id": sessionId,
      "gen_ai.usage.input_tokens": expect.any(Number) as number,
      "hardcall.callee": kind,
    });
    const tokens = (await sdk.metrics())["gen_ai.client.token.usage"]?.dataPoints;
    expect(tokens?.map(({ attributes }) => attributes["gen_ai.provider.name"])).toEqual([provider, provider]);
  });

  it("starts a task inside its attempt's span", async () => {
    const sdk = instrumented();
    const publish = defineCall({
      name: "publish-post",
      callee: task<void, string>(async () => {
        trace.getTracer("application").startSpan("POST").end();
        return "done";
      }),
      ...limits,
    });
    await publish();
    const attempt = sdk.span("attempt task");
    expect(sdk.span("POST").parentSpanContext?.spanId).toBe(attempt.spanContext().spanId);
    expect(attempt.kind).toBe(SpanKind.INTERNAL);
  });

  it("makes spans of the use of the ledger when it is asked to", async () => {
    const sdk = instrumented({ ledgerSpans: true });
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
    await publish("monday");
    await publish("monday");
    const answers = sdk
      .spans()
      .filter(({ name }) => name.startsWith("ledger "))
      .map(({ name, attributes }) => [name, attributes["hardcall.ledger.answer"]]);
    expect(answers).toEqual([
      ["ledger claim", "proceed"],
      ["ledger started", undefined],
      ["ledger settle", "settled"],
      ["ledger claim", "replayed"],
    ]);
    const calls = sdk.spans().filter(({ name }) => name === "call publish-post");
    expect(sdk.span("ledger claim").parentSpanContext?.spanId).toBe(calls[0]?.spanContext().spanId);
    expect(calls[1]?.attributes).toMatchObject({
      "hardcall.outcome": "replayed",
      "hardcall.call.of_id": calls[0]?.attributes["hardcall.call.id"],
      "hardcall.attempts": 0,
    });
  });
});
