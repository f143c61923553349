import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { placesAndLine } from "../../helpers/elsewhere.ts";
import { LEDGER_KINDS, newLedger } from "../../helpers/ledger.ts";
import { startHost } from "../../helpers/run.ts";

const FREE = { places: 0, waiting: 0 };

/** A process that holds the only place of the resource. */
async function holder(how: string, ledger: string) {
  const host = startHost("shares-and-ends.ts", [how, ledger]);
  await once(host.child.stdout as NodeJS.ReadableStream, "data");
  return host;
}

describe.each(LEDGER_KINDS)(
  "another host finds no place of a process that ended, with the ledger in %s",
  (kind) => {
    it("by itself", async () => {
      const ledger = await newLedger(kind);
      expect(await startHost("shares-and-ends.ts", ["by itself", ledger]).finished).toMatchObject({
        exitCode: 0,
      });
      expect(await placesAndLine(ledger, "agents")).toEqual(FREE);
    });

    it("of a signal", async () => {
      const ledger = await newLedger(kind);
      const { child, finished } = await holder("signal", ledger);
      expect(await placesAndLine(ledger, "agents")).toEqual({ places: 1, waiting: 0 });
      child.kill("SIGTERM");
      expect(await finished).toMatchObject({ signal: "SIGTERM" });
      expect(await placesAndLine(ledger, "agents")).toEqual(FREE);
    });

    it("of a signal while it waited", async () => {
      const ledger = await newLedger(kind);
      const first = await holder("signal", ledger);
      const second = startHost("shares-and-ends.ts", ["signal", ledger]);
      await expect
        .poll(() => placesAndLine(ledger, "agents"), { timeout: 20_000 })
        .toEqual({ places: 1, waiting: 1 });
      second.child.kill("SIGTERM");
      expect(await second.finished).toMatchObject({ signal: "SIGTERM" });
      expect(await placesAndLine(ledger, "agents")).toEqual({ places: 1, waiting: 0 });
      first.child.kill("SIGTERM");
      await first.finished;
    });

    it("by process.exit() in a handler of its own, once its call had ended", async () => {
      const ledger = await newLedger(kind);
      const { child, finished } = await holder("own handler", ledger);
      child.kill("SIGTERM");
      expect(await finished).toMatchObject({ exitCode: 3 });
      expect(await placesAndLine(ledger, "agents")).toEqual(FREE);
    });
  },
);
