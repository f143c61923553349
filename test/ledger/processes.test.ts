import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Effects } from "../../src/core/vocabulary.ts";
import { openSqliteStore } from "../../src/ledger/store/sqlite.ts";
import type { LedgerStore } from "../../src/ledger/store/store.ts";
import { LedgerProcess } from "./child.ts";
import { temporaryFolder } from "../helpers/folders.ts";
import { claimOf, failed, request } from "./harness.ts";

let folder: string;
let path: string;
const children: LedgerProcess[] = [];
const stores: LedgerStore[] = [];

beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder, "state", "hardcall", "ledger.db");
});

afterEach(async () => {
  await Promise.all(children.splice(0).map(async (child) => await child.end()));
  for (const store of stores.splice(0)) await store.close();
  rmSync(folder, { recursive: true });
});

async function begin(count: number, umask?: string): Promise<LedgerProcess[]> {
  const processes = await Promise.all(
    Array.from({ length: count }, async () => await LedgerProcess.begin(umask)),
  );
  children.push(...processes);
  return processes;
}

async function begun(umask?: string): Promise<LedgerProcess> {
  const [child] = await begin(1, umask);
  if (child === undefined) throw new Error("no process");
  return child;
}

/** A process that has claimed and started, and the ledger as this process sees it. */
async function holder(
  effects: Effects,
  clock = Date.now,
): Promise<{ child: LedgerProcess; ledger: LedgerStore }> {
  const child = await begun();
  await child.tell({ do: "open", path });
  expect(await child.tell({ do: "start", request: request(effects) })).toBe("started");
  const ledger = await openSqliteStore({ path, clock });
  stores.push(ledger);
  return { child, ledger };
}

function anHourAhead(): number {
  return Date.now() + 3_600_000;
}

function modeOf(file: string): string {
  return (statSync(file).mode & 0o777).toString(8);
}

it("eight processes can open one ledger that does not exist yet at the same moment", async () => {
  for (let round = 0; round < 3; round++) {
    const processes = await begin(8);
    const fresh = join(folder, `round-${round}`, "ledger.db");
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
  await Promise.all(processes.map(async (child) => await child.tell({ do: "open", path })));
  for (let round = 0; round < 20; round++) {
    const requests = Array.from({ length: 10 }, () => request("once", { key: `round/${round}` }));
    const answers = await Promise.all(
      processes.map(async (child) => await child.tell({ do: "claim", requests })),
    );
    const kinds = answers.flat();
    expect(kinds).toHaveLength(50);
    expect(kinds.filter((kind) => kind === "proceed")).toHaveLength(1);
    expect(kinds.filter((kind) => kind === "in_progress")).toHaveLength(49);
  }
});

describe("a holder killed with SIGKILL after the start", () => {
  it.each([
    ["none", "proceed"],
    ["keyed", "proceed"],
    ["verifiable", "probe"],
    ["once", "in_doubt"],
  ] as const)("with effects %s is noticed at once: %s", async (effects, kind) => {
    const { child, ledger } = await holder(effects);
    expect((await ledger.claim(request(effects))).kind).toBe("in_progress");
    await child.end();
    const answer = await ledger.claim(request(effects));
    expect(answer).toMatchObject({
      kind,
      lastAttempt: { cookie: "cookie-of-the-child", owner: { pid: child.pid } },
    });
  });

  it("leaves an attempt that the next start can find by machine and boot", async () => {
    const { child, ledger } = await holder("once");
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
  const { child, ledger } = await holder("verifiable", anHourAhead);
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
  const child = await begun();
  await child.tell({ do: "open", path });
  expect(await child.tell({ do: "claim", requests: [request("once")] })).toEqual(["proceed"]);
  const ledger = await openSqliteStore({ path });
  stores.push(ledger);
  expect((await ledger.claim(request("once"))).kind).toBe("in_progress");
  await child.end();
  const claim = claimOf(await ledger.claim(request("once")));
  await ledger.settle(claim, failed("not_started"));
});

it.each(["000", "077"])("its files are private from the start under umask %s", async (umask) => {
  const child = await begun(umask);
  await child.tell({ do: "open", path });
  await child.tell({ do: "claim", requests: [request("once")] });
  expect([path, `${path}-wal`, `${path}-shm`].map(modeOf)).toEqual(["600", "600", "600"]);
  expect([join(folder, "state"), join(folder, "state", "hardcall")].map(modeOf)).toEqual(["700", "700"]);
});
