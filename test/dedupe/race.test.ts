import { beforeAll, describe, expect, it } from "vitest";
import { PublishServer } from "../call/guard/publish-server.ts";
import { inBatches } from "../helpers/in-batches.ts";
import { LEDGER_KINDS, newSuiteLedger } from "../helpers/ledger.ts";
import { Editor } from "./editor.ts";

const PROCESSES = 50;
const ROUNDS = 10;

let editors: Editor[] = [];

/** All of them check one draft at the same moment; gives who got it as new, and what the others were told. */
async function round(content: string): Promise<{ readonly winners: Editor[]; readonly others: Set<string> }> {
  const verdicts = await Promise.all(
    editors.map(async (editor) => [editor, await editor.check(content)] as const),
  );
  const winners = verdicts.filter(([, verdict]) => verdict === "new").map(([editor]) => editor);
  return { winners, others: new Set(verdicts.map(([, verdict]) => verdict).filter((one) => one !== "new")) };
}

describe.each(LEDGER_KINDS)("with the ledger in %s", (kind) => {
  beforeAll(async () => {
    const { ledger, remove } = await newSuiteLedger(kind);
    editors = await inBatches(PROCESSES, () => Editor.begin({ path: ledger }));
    return async () => {
      await Promise.all(editors.map((editor) => editor.end()));
      await remove();
    };
  }, 180_000);

  it(`${PROCESSES} processes publish one content at the same moment: one does`, async () => {
    const server = await PublishServer.forThisTest();
    for (let index = 0; index < ROUNDS; index++) {
      const content = `published ${index}`;
      const order = { content, url: server.url, manner: "ok", probes: index % 2 === 0 } as const;
      const endings = await Promise.all(editors.map(async (editor) => (await editor.once(order)).outcome));
      expect(endings.filter((outcome) => outcome === "executed")).toHaveLength(1);
      expect(endings.filter((outcome) => !["executed", "in_progress", "replayed"].includes(outcome))).toEqual(
        [],
      );
      expect(server.requests(content)).toBe(1);
    }
  });

  describe(`${PROCESSES} processes check one content at the same moment, ${ROUNDS} times`, () => {
    it("one gets it as new, and the others hear that it is pending; after the commit all hear of a duplicate", async () => {
      for (let index = 0; index < ROUNDS; index++) {
        const { winners, others } = await round(`draft ${index}`);
        expect(winners).toHaveLength(1);
        expect(others).toEqual(new Set(["pending"]));
        expect(await winners[0]?.commit()).toBe(true);
        expect(await round(`draft ${index}`)).toEqual({ winners: [], others: new Set(["duplicate"]) });
      }
    });

    it("after the release, or the death of the one, another one gets it as new", async () => {
      const first = await round("given back");
      expect(await first.winners[0]?.release()).toBe(true);
      const second = await round("given back");
      expect(second.winners).toHaveLength(1);
      const [dead] = second.winners;
      await dead?.end();
      editors = editors.filter((editor) => editor !== dead);
      const third = await round("given back");
      expect(third.winners).toHaveLength(1);
      expect(third.others).toEqual(new Set(["pending"]));
    });
  });
});
