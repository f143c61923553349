import { beforeAll, describe, expect, it } from "vitest";
import type { Effects } from "../../../src/core/vocabulary.ts";
import { inBatches } from "../../helpers/in-batches.ts";
import { LEDGER_KINDS, newSuiteLedger } from "../../helpers/ledger.ts";
import { Host } from "./host.ts";
import { PublishServer, type Manner } from "./publish-server.ts";
import type { Ending } from "./publish.ts";

const PROCESSES = 50;
const ROUNDS = 20;

let server: PublishServer;
let hosts: Host[] = [];

/** All of them call at the same moment, again and again with another key. */
async function round(key: string, effects: Effects, manner: Manner): Promise<Record<string, number>> {
  let left = hosts.length;
  const endings = await Promise.all(
    hosts.map(async (host) => {
      const ending = await host.publish({ url: server.url, key, effects, manner });
      // The one that is at work is held until all others have been answered.
      left -= 1;
      if (left === 1 && manner === "holds") {
        await server.holding(key);
        server.release(key);
      }
      return ending;
    }),
  );
  return count(endings);
}

function count(endings: readonly Ending[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { outcome } of endings) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

describe.each(LEDGER_KINDS)(
  `${PROCESSES} processes call with one key at the same moment, ${ROUNDS} times, with the ledger in %s`,
  (kind) => {
    beforeAll(async () => {
      const { ledger, remove } = await newSuiteLedger(kind);
      server = await PublishServer.begin();
      hosts = await inBatches(PROCESSES, () => Host.begin({ path: ledger }));
      return async () => {
        await Promise.all(hosts.map((host) => host.end()));
        await server.end();
        await remove();
      };
    }, 120_000);

    it("one executes; while it does, the others hear that it is in progress", async () => {
      for (let index = 0; index < ROUNDS / 2; index++) {
        const key = `held/${index}`;
        const effects = index % 2 === 0 ? "once" : "none";
        expect(await round(key, effects, "holds")).toEqual({ executed: 1, in_progress: PROCESSES - 1 });
        expect(server.requests(key)).toBe(1);
      }
    });

    it("one executes; the others hear that it is in progress, or what came of it", async () => {
      for (let index = 0; index < ROUNDS / 2; index++) {
        const key = `quick/${index}`;
        const effects = (["none", "keyed", "verifiable", "once"] as const)[index % 4] ?? "once";
        const { executed, in_progress = 0, replayed = 0, ...others } = await round(key, effects, "ok");
        expect(others).toEqual({});
        expect(executed).toBe(1);
        expect(in_progress + replayed).toBe(PROCESSES - 1);
        expect(server.requests(key)).toBe(1);
      }
    });
  },
);
