import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { createInterface } from "node:readline";
import { describe, expect, it, onTestFinished } from "vitest";
import { LEDGER_KINDS, ledgerPath, newLedger } from "../../helpers/ledger.ts";
import { openLedgerAt } from "../../helpers/open-ledger.ts";
import type { ResourceLimits } from "../../../src/resources/types.ts";
import type { GateCommand, GateEvent } from "./fixtures/gate-process.ts";
import { GateProcess } from "./gate-process.ts";
import { ask, closing, counted, DONE, gateWith, place } from "./gates.ts";

const RESOURCE = { name: "agents", limits: { concurrency: 1 } } as const;
const TRIED = { breaker: { failures: 5, cooldownMs: 200, maxCooldownMs: 200 } } as const;

/** The same ledger, as this process uses it. */
async function here(ledger: string, limits: ResourceLimits = RESOURCE.limits) {
  const one = counted(closing(await openLedgerAt(ledger)));
  return { one, gate: gateWith(limits, one.store) };
}

/** A process that has the only place. */
async function holder(ledger: string, host?: string): Promise<GateProcess> {
  const child = await GateProcess.open({ ledger, resource: RESOURCE, host });
  child.tell({ do: "enter", id: "first" });
  await child.became("first", "place");
  return child;
}

describe.each(LEDGER_KINDS)("with the ledger in %s", (kind) => {
  it("a process that ends by itself right after it left gives its place back, also to those who cannot look whether it lives", async () => {
    const ledger = await newLedger(kind);
    const child = await holder(ledger, "elsewhere");
    child.tell({ do: "leave", id: "first" });
    child.close();
    await child.exited();
    const { gate } = await here(ledger);
    expect((await ask(gate, { patient: false }).entering).kind).toBe("place");
  });

  it("the place of a process that was killed is free at once", async () => {
    const ledger = await newLedger(kind);
    const child = await holder(ledger);
    const { gate } = await here(ledger);
    expect(await ask(gate, { patient: false }).entering).toMatchObject({ code: "busy" });
    const waiting = ask(gate);
    await child.end();
    expect((await waiting.entering).kind).toBe("place");
  });

  it("the place of a process that was killed is free at once also for a call that does not wait", async () => {
    const ledger = await newLedger(kind);
    const child = await holder(ledger);
    const { gate } = await here(ledger);
    await child.end();
    expect((await ask(gate, { patient: false }).entering).kind).toBe("place");
  });

  it("when a trial was killed the next call is the trial", async () => {
    const ledger = await newLedger(kind);
    const { gate } = await here(ledger, TRIED);
    const denied = await place(gate);
    denied.leave({ started: true, opens: true, code: "auth" });
    await sleep(TRIED.breaker.cooldownMs + 1);
    const child = await GateProcess.open({ ledger, resource: { ...RESOURCE, limits: TRIED } });
    child.tell({ do: "enter", id: "trial" });
    await child.became("trial", "place");
    expect(await ask(gate).entering).toMatchObject({ code: "circuit_open" });
    await child.end();
    expect((await ask(gate).entering).kind).toBe("place");
  });

  it("a suspended process keeps its place; what it waited for goes to others", async () => {
    const ledger = await newLedger(kind);
    const { gate, one } = await here(ledger);
    const first = await place(gate);
    const child = await GateProcess.open({ ledger, resource: RESOURCE });
    child.tell({ do: "enter", id: "waiting" });
    await child.became("waiting", "entered");
    // Not before the ledger knows that it waits.
    child.tell({ do: "block", ms: 1 });
    await child.until(() => child.all("ready").length === 3);
    child.signal("SIGSTOP");
    const behind = ask(gate);
    await one.more(1);
    first.leave(DONE);
    const next = await behind.entering;
    expect(next.kind).toBe("place");
    child.signal("SIGCONT");
    if (next.kind === "place") next.place.leave(DONE);
    await child.became("waiting", "place");
    child.signal("SIGSTOP");
    const last = ask(gate, { totalMs: 4500 });
    expect(await last.entering).toMatchObject({ kind: "refused", code: "busy" });
    child.signal("SIGCONT");
    child.tell({ do: "leave", id: "waiting" });
    expect((await ask(gate).entering).kind).toBe("place");
  });
});

it("a process stays alive while a call waits in it, and not for an agent with nothing to do", async () => {
  const ledger = ledgerPath();
  const { gate } = await here(ledger);
  const first = await place(gate);
  const child = await GateProcess.open({ ledger, resource: RESOURCE });
  child.tell({ do: "enter", id: "waiting" });
  await child.became("waiting", "entered");
  child.close();
  // It finds that at its next look, if it is still there.
  first.leave(DONE);
  await child.became("waiting", "place");
  // It holds a place and does nothing: only its callee would keep it alive.
  await child.exited();
  expect((await ask(gate).entering).kind).toBe("place");
});

it("a worker thread is an owner of its own: its place is free when it has ended, and its process lives on", async () => {
  const ledger = ledgerPath();
  const worker = new Worker(new URL("fixtures/gate-process.ts", import.meta.url), {
    stdin: true,
    stdout: true,
  });
  onTestFinished(() => void worker.terminate());
  const lines = createInterface({ input: worker.stdout })[Symbol.asyncIterator]();
  const became = async (what: GateEvent["what"]) => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done === true) throw new Error("the worker ended");
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- printed by the fixture
      if ((JSON.parse(value) as GateEvent).what === what) return;
    }
  };
  const tell = (command: GateCommand) => worker.stdin?.write(`${JSON.stringify(command)}\n`);
  await became("ready");
  tell({ do: "open", ledger, resource: RESOURCE });
  await became("ready");
  tell({ do: "enter", id: "first" });
  await became("place");
  const { gate } = await here(ledger);
  expect(await ask(gate, { patient: false }).entering).toMatchObject({ code: "busy" });
  const waiting = ask(gate);
  await worker.terminate();
  expect((await waiting.entering).kind).toBe("place");
});
