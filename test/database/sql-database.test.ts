import { describe, expect, it, onTestFinished } from "vitest";
import { ledgerNow } from "../../src/database/clock.ts";
import { members, type SqlDatabase, type SqlSession } from "../../src/database/sql.ts";
import { connectLedger } from "../../src/ledger/store/connect.ts";
import { LEDGER_KINDS, newLedger } from "../helpers/ledger.ts";

const WRITE = { durable: true, withinMs: 20_000 } as const;

async function open(path: string): Promise<SqlDatabase> {
  const database = await connectLedger({ ledger: path });
  onTestFinished(() => database.close());
  return database;
}

const put = (session: SqlSession, source: string, when: number) =>
  session.run(
    `INSERT INTO sentinel_passes (source, at, due_ms, checked, not_ok) VALUES (?, ?, 0, 0, 0)
     ON CONFLICT (source) DO UPDATE SET at = excluded.at`,
    [source, when],
  );

async function at(session: SqlSession, source: string): Promise<number> {
  const row = await session.get("SELECT at FROM sentinel_passes WHERE source = ?", [source]);
  return Number(row?.["at"] ?? 0);
}

describe.each(LEDGER_KINDS)("a ledger's database in %s", (kind) => {
  it("runs writes one after the other, also those of two connections: no increment is lost", async () => {
    const path = await newLedger(kind);
    const both = [await open(path), await open(path)];
    const increments = Array.from({ length: 40 }, (_, n) =>
      both[n % 2]!.write(WRITE, async (session) => put(session, "n", (await at(session, "n")) + 1)),
    );
    expect(await Promise.all(increments)).toEqual(increments.map(() => 1));
    expect(await both[0]!.read((session) => at(session, "n"))).toBe(40);
  });

  it("takes back all that a write did before it failed, and works on", async () => {
    const database = await open(await newLedger(kind));
    const failing = database.write(WRITE, async (session) => {
      await put(session, "a", 1);
      throw new RangeError("no");
    });
    await expect(failing).rejects.toThrow(new RangeError("no"));
    expect(await database.read((session) => at(session, "a"))).toBe(0);
    await database.write(WRITE, (session) => put(session, "a", 2));
    expect(await database.read((session) => at(session, "a"))).toBe(2);
  });

  it("reads all of one moment, whatever is written meanwhile", async () => {
    const path = await newLedger(kind);
    const [reader, writer] = [await open(path), await open(path)];
    await writer.write(WRITE, (session) => put(session, "a", 1));
    const seen = await reader.read(async (session) => {
      const first = await at(session, "a");
      await writer.write(WRITE, async (other) => [await put(other, "a", 2), await put(other, "b", 2)]);
      return [first, await at(session, "a"), await at(session, "b")];
    });
    expect(seen).toEqual([1, 1, 0]);
    expect(await reader.read((session) => at(session, "b"))).toBe(2);
  });

  it("finds the members of a list of any length, and none in an empty one", async () => {
    const database = await open(await newLedger(kind));
    await database.write(WRITE, async (session) => [
      await put(session, "it's", 1),
      await put(session, "b", 1),
    ]);
    const found = async (list: readonly string[]) => {
      const rows = await database.read((session) =>
        session.all(
          `SELECT source FROM sentinel_passes WHERE source IN (${members(session)}) ORDER BY source`,
          [JSON.stringify(list)],
        ),
      );
      return rows.map(({ source }) => source);
    };
    const many = Array.from({ length: 70_000 }, (_, n) => `other ${n}`);
    expect(await found([...many, "it's", "b"])).toEqual(["b", "it's"]);
    expect(await found([])).toEqual([]);
  });

  it("knows the time", async () => {
    const database = await open(await newLedger(kind));
    const now = await database.read(ledgerNow);
    expect(Math.abs(now - Date.now())).toBeLessThan(10_000);
    expect(Number.isInteger(now)).toBe(true);
  });

  it("ends what is under way before it closes, and says afterwards that it is closed", async () => {
    const path = await newLedger(kind);
    const database = await connectLedger({ ledger: path });
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const writing = database.write(WRITE, async (session) => {
      begin();
      return put(session, "a", 1);
    });
    await begun;
    await database.close();
    expect(await writing).toBe(1);
    for (const late of [
      database.write(WRITE, async (session) => put(session, "a", 2)),
      database.read((session) => at(session, "a")),
    ]) {
      await expect(late).rejects.toMatchObject({ code: "ledger_unavailable", reason: "closed" });
    }
    expect(await (await open(path)).read((session) => at(session, "a"))).toBe(1);
  });
});
