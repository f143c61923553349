import { writeFileSync } from "node:fs";
import path from "node:path";
import { randomUUID } from "node:crypto";
import { Worker } from "node:worker_threads";
import { once } from "node:events";
import { describe, expect, it, onTestFinished } from "vitest";
import { dedupe } from "../../src/index.ts";
import { currentOwner } from "../../src/ledger/owner/owner.ts";
import { openLedgerAt } from "../helpers/open-ledger.ts";
import type { LedgerStore } from "../../src/ledger/store/store.ts";
import { tempFolder } from "../helpers/files.ts";
import { LEDGER_KINDS, newLedger } from "../helpers/ledger.ts";
import { Editor, type EditorViewpoint } from "./editor.ts";

const HOUR = 3_600_000;

async function editor(ledger: string, viewpoint: Omit<EditorViewpoint, "path"> = {}): Promise<Editor> {
  const begun = await Editor.begin({ path: ledger, ...viewpoint });
  onTestFinished(() => begun.end());
  return begun;
}

describe.each(LEDGER_KINDS)("a process that has reserved a draft, with the ledger in %s", (kind) => {
  it("keeps it while it lives; killed, it gives it back at once", async () => {
    const ledger = await newLedger(kind);
    const [first, second] = [await editor(ledger), await editor(ledger)];
    expect(await first.check("text")).toBe("new");
    expect(await second.check("text")).toBe("pending");
    await first.end();
    expect(await second.check("text")).toBe("new");
  });

  it("keeps it while it is suspended, for as long as its hold", async () => {
    const ledger = await newLedger(kind);
    const [first, second] = [await editor(ledger), await editor(ledger)];
    expect(await first.check("text")).toBe("new");
    first.signal("SIGSTOP");
    expect(await second.check("text")).toBe("pending");
    first.signal("SIGCONT");
    expect(await first.commit()).toBe(true);
    expect(await second.check("text")).toBe("duplicate");
  });

  it("killed after the commit, it has published", async () => {
    const ledger = await newLedger(kind);
    const [first, second] = [await editor(ledger), await editor(ledger)];
    await first.check("text");
    expect(await first.commit()).toBe(true);
    await first.end();
    expect(await second.check("text")).toBe("duplicate");
  });

  it("on another machine keeps it until the hold is over, dead or not", async () => {
    const ledger = await newLedger(kind);
    const first = await editor(ledger, { foreign: true });
    expect(await first.check("text")).toBe("new");
    await first.end();
    expect(await (await editor(ledger)).check("text")).toBe("pending");
    expect(await (await editor(ledger, { clockOffsetMs: HOUR })).check("text")).toBe("new");
  });

  it("on another machine keeps it from its own call too: it may still be publishing", async () => {
    const ledger = await newLedger(kind);
    const first = await editor(ledger, { foreign: true });
    expect(await first.check("text", { callId: "2026-11-20" })).toBe("new");
    const second = await editor(ledger);
    expect(await second.check("text", { callId: "2026-11-20" })).toBe("pending");
    const later = await editor(ledger, { clockOffsetMs: HOUR });
    expect(await later.check("text", { callId: "2026-11-20" })).toBe("new");
  });

  it.runIf(process.platform === "linux").each([undefined, "2026-11-20"])(
    "before its machine was started anew gives it back at once, call %s",
    async (callId) => {
      const file = await newLedger(kind);
      const before = await openLedgerAt(file, { owner: { ...currentOwner(), bootId: randomUUID() } });
      const check = async (ledger: LedgerStore) =>
        (await dedupe({ scope: "drafts", ledger }).check("text", { callId })).verdict;
      expect(await check(before)).toBe("new");
      await before.close();
      const after = await openLedgerAt(file);
      onTestFinished(() => after.close());
      expect(await check(after)).toBe("new");
    },
  );

  it("does not lose it to another process with its call's id while it lives, and gives it at once when it is dead", async () => {
    const ledger = await newLedger(kind);
    const [first, second] = [await editor(ledger), await editor(ledger)];
    expect(await first.check("text", { callId: "2026-11-20" })).toBe("new");
    expect(await second.check("text", { callId: "2026-11-20" })).toBe("pending");
    await first.end();
    expect(await second.check("text", { callId: "2026-11-20" })).toBe("new");
  });

  it("does not lose it to another of its threads, until the first has ended", async () => {
    const ledger = await newLedger(kind);
    const script = path.join(tempFolder(), "thread.mjs");
    const root = path.resolve(import.meta.dirname, "../../src/index.ts");
    writeFileSync(
      script,
      `import { parentPort, workerData } from "node:worker_threads";
      import { dedupe } from ${JSON.stringify(root)};
      const drafts = dedupe({ scope: "drafts", ledger: workerData });
      const { verdict } = await drafts.check("text", { callId: "same" });
      parentPort.postMessage(verdict);
      parentPort.once("message", () => undefined);`,
    );
    const workers: Worker[] = [];
    const checkInThread = async () => {
      const worker = new Worker(script, { workerData: ledger });
      workers.push(worker);
      onTestFinished(async () => void (await worker.terminate()));
      return (await once(worker, "message"))[0] as unknown;
    };
    expect(await checkInThread()).toBe("new");
    expect(await checkInThread()).toBe("pending");
    await workers[0]?.terminate();
    expect(await checkInThread()).toBe("new");
  });
});
