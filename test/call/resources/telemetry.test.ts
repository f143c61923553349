import { tracingChannel } from "node:diagnostics_channel";
import { expect, it, onTestFinished } from "vitest";
import {
  CallError,
  CHANNELS,
  defineCall,
  defineResource,
  rejected,
  task,
  type CallTrace,
} from "../../../src/index.ts";
import { callAttributes, outcomeAttributes } from "../../../src/otel/attributes.ts";
import { ledgerPath } from "../../helpers/ledger.ts";

it("the log line, the trace and the span of a call name its resource, and how long it waited for a place", async () => {
  const traces: CallTrace[] = [];
  const subscriber = { asyncEnd: (context: unknown) => void traces.push(context as CallTrace) };
  const channel = tracingChannel(CHANNELS.call);
  channel.subscribe(subscriber as never);
  onTestFinished(() => channel.unsubscribe(subscriber as never));
  const lines: object[] = [];
  const log = (fields: object) => void lines.push(fields);
  const call = defineCall({
    name: "print",
    callee: task(async () => "done"),
    timeout: "20s",
    effects: "none",
    resource: defineResource({ name: "printer", concurrency: 1 }),
    journal: false,
    logger: { info: log, warn: log, error: log },
    ledger: ledgerPath(),
  });
  const { resource, waitedMs } = await call();
  expect({ resource, waitedMs }).toEqual({ resource: "printer", waitedMs: expect.any(Number) as number });
  expect(lines).toMatchObject([{ resource, waitedMs }]);
  expect(traces).toMatchObject([{ resource, waitedMs }]);
  const [trace] = traces as [CallTrace];
  expect(callAttributes(trace)).toMatchObject({ "hardcall.resource": "printer" });
  expect(outcomeAttributes(trace)).toMatchObject({ "hardcall.waited_ms": waitedMs });
});

it("the log line of a call that an open breaker refused says which call opened it, and when", async () => {
  const lines: object[] = [];
  const log = (fields: object) => void lines.push(fields);
  const call = defineCall({
    name: "ask",
    callee: task<void, void>(() => Promise.reject(rejected("revoked", { status: 401 }))),
    timeout: "20s",
    effects: "none",
    resource: defineResource({ name: "service", circuitBreaker: true }),
    journal: false,
    logger: { info: log, warn: log, error: log },
    ledger: ledgerPath(),
  });
  const first = await call.settle();
  const second = await call.settle();
  if (!(second instanceof CallError)) throw new Error("the breaker was not open");
  expect(second.circuit).toMatchObject({ code: "auth", callId: first.callId, name: "ask" });
  expect(lines).toMatchObject([{ code: "auth" }, { code: "circuit_open", circuit: second.circuit }]);
  expect(lines[0]).not.toHaveProperty("circuit");
});
