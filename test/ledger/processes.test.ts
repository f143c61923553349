import { statSync } from "node:fs";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Effects } from "../../src/core/vocabulary.ts";
import type { LedgerStore, StoreOptions } from "../../src/ledger/store/store.ts";
import { tempFolder } from "../helpers/files.ts";
import { LEDGER_KINDS, newLedger } from "../helpers/ledger.ts";
import { openLedgerAt } from "../helpers/open-ledger.ts";
import { LedgerProcess } from "./child.ts";
import { claimOf, failed, request } from "./harness.ts";

async function open(place: string, options?: StoreOptions): Promise<LedgerStore> {
  const ledger = await openLedgerAt(place, options);
  onTestFinished(() => ledger.close());
  return ledger;
}

async function begin(count: number, umask?: string): Promise<LedgerProcess[]> {
  const processes = await Promise.all(
    Array.from({ length: count }, async () => await LedgerProcess.begin(umask)),
  );
  onTestFinished(async () => {
    await Promise.all(processes.map(async (child) => await child.end()));
  });
  return processes;
}

async function begun(umask?: string): Promise<LedgerProcess> {
  const [child] = await begin(1, umask);
  if (child === undefined) throw new Error("no process");
  return child;
}

/** A process that has claimed and started, and the ledger as this process sees it. */
async function holder(
  place: string,
  effects: Effects,
  options?: StoreOptions,
): Promise<{ child: LedgerProcess; ledger: LedgerStore }> {
  const child = await begun();
  await child.tell({ do: "open", path: place });
  expect(await child.tell({ do: "start", request: request(effects) })).toBe("started");
  return { child, ledger: await open(place, options) };
}

function anHourAhead(): number {
  return Date.now() + 3_600_000;
}

function modeOf(file: string): string {
  return (statSync(file).mode & 0o777).toString(8);
}

describe.each(LEDGER_KINDS)("with the ledger in %s", (kind) => {
  it("eight processes can open one ledger that does not exist yet at the same moment", async () => {
    for (let round = 0; round < 3; round++) {
      const processes = await begin(8);
      const fresh = await newLedger(kind);
      const answers = await Promise.all(
        processes.map(async (child) => await child.tell({ do: "open", path: fresh })),
      );
      expect(answers).toEqual(Array.from({ length: 8 }, () => "opened"));
      expect(processes.map(({ stderr }) => stderr).join("")).toBe("");
      await Promise.all(processes.map(async (child) => await child.end()));
    }
  });

  it("of fifty claims of one key from five processes exactly one goes on, twenty times over", async () => {
    const processes = await begin(5);
    const place = await newLedger(kind);
    await Promise.all(processes.map(async (child) => await child.tell({ do: "open", path: place })));
    for (let round = 0; round < 20; round++) {
      const requests = Array.from({ length: 10 }, () => request("once", { key: `round/${round}` }));
      const answers = await Promise.all(
        processes.map(async (child) => await child.tell({ do: "claim", requests })),
      );
      const kinds = answers.flat();
      expect(kinds).toHaveLength(50);
      expect(kinds.filter((one) => one === "proceed")).toHaveLength(1);
      expect(kinds.filter((one) => one === "in_progress")).toHaveLength(49);
    }
  });

  it("eight processes that change one resource at the same time lose no change, and each keeps its order", async () => {
    const processes = await begin(8);
    const place = await newLedger(kind);
    await Promise.all(processes.map(async (child) => await child.tell({ do: "open", path: place })));
    const words = 25;
    await Promise.all(processes.map(async (child) => await child.tell({ do: "append", words })));
    const ledger = await open(place);
    const [resource] = await ledger.resources();
    const all = (resource?.text ?? "").trim().split(" ");
    expect(all).toHaveLength(8 * words);
    for (const { pid } of processes) {
      const own = all.filter((word) => word.startsWith(`${pid}/`));
      expect(own).toEqual(Array.from({ length: words }, (_, word) => `${pid}/${word}`));
    }
  });

  it("a process that is killed while it changes a resource leaves the document whole, and others go on", async () => {
    const processes = await begin(4);
    const place = await newLedger(kind);
    await Promise.all(processes.map(async (child) => await child.tell({ do: "open", path: place })));
    const [killed, ...others] = processes;
    const ledger = await open(place);
    const endless = killed?.tell({ do: "append", words: 1_000_000 }).catch(() => "killed");
    const finished = others.map((child) => child.tell({ do: "append", words: 20 }));
    // By then the other one has had its turns, too.
    await finished[0];
    await killed?.end();
    expect(await endless).toBe("killed");
    await Promise.all(finished);
    const [resource] = await ledger.resources();
    const all = (resource?.text ?? "").trim().split(" ");
    for (const { pid } of others) expect(all.filter((word) => word.startsWith(`${pid}/`))).toHaveLength(20);
    const left = all.filter((word) => word.startsWith(`${killed?.pid}/`));
    expect(left).toEqual(left.map((_, word) => `${killed?.pid}/${word}`));
  });

  describe("a holder killed with SIGKILL after the start", () => {
    it.each([
      ["none", "proceed"],
      ["keyed", "proceed"],
      ["verifiable", "probe"],
      ["once", "in_doubt"],
    ] as const)("with effects %s is noticed at once: %s", async (effects, expected) => {
      const { child, ledger } = await holder(await newLedger(kind), effects);
      expect((await ledger.claim(request(effects))).kind).toBe("in_progress");
      await child.end();
      const answer = await ledger.claim(request(effects));
      expect(answer).toMatchObject({
        kind: expected,
        lastAttempt: { cookie: "cookie-of-the-child", owner: { pid: child.pid } },
      });
    });

    it("leaves an attempt that the next start can find by machine and boot", async () => {
      const { child, ledger } = await holder(await newLedger(kind), "once");
      const [before] = await ledger.list();
      const place = { host: before?.owner.host ?? "", bootId: before?.owner.bootId ?? "" };
      expect(await ledger.unfinished(place)).toMatchObject([{ ownerAlive: "alive" }]);
      await child.end();
      expect(await ledger.unfinished(place)).toMatchObject([
        { ownerAlive: "dead", attempt: { cookie: "cookie-of-the-child" } },
      ]);
    });
  });

  it("a suspended holder keeps its operation although its lease is long over, and its late success counts", async () => {
    const { child, ledger } = await holder(await newLedger(kind), "verifiable", { clock: anHourAhead });
    child.signal("SIGSTOP");
    expect((await ledger.claim(request("verifiable"))).kind).toBe("in_progress");
    child.signal("SIGCONT");
    expect(await child.tell({ do: "succeed" })).toBe("settled");
    expect(await ledger.claim(request("verifiable"))).toMatchObject({
      kind: "replayed",
      record: { value: { json: '"done"' } },
    });
  });

  it("a process that dies with a reservation has started nothing, and the next goes on", async () => {
    const [child, place] = [await begun(), await newLedger(kind)];
    await child.tell({ do: "open", path: place });
    expect(await child.tell({ do: "claim", requests: [request("once")] })).toEqual(["proceed"]);
    const ledger = await open(place);
    expect((await ledger.claim(request("once"))).kind).toBe("in_progress");
    await child.end();
    const claim = claimOf(await ledger.claim(request("once")));
    await ledger.settle(claim, failed("not_started"));
  });
});

it.each(["000", "077"])("its files are private from the start under umask %s", async (umask) => {
  const state = path.join(tempFolder(), "state");
  const file = path.join(state, "hardcall", "ledger.db");
  const child = await begun(umask);
  await child.tell({ do: "open", path: file });
  await child.tell({ do: "claim", requests: [request("once")] });
  expect([file, `${file}-wal`, `${file}-shm`].map(modeOf)).toEqual(["600", "600", "600"]);
  expect([state, path.dirname(file)].map(modeOf)).toEqual(["700", "700"]);
});
