import { describe, expect, it } from "vitest";
import {
  CallError,
  command,
  ConfigError,
  defineCall,
  defineResource,
  type LedgerStore,
  type Settled,
} from "../../../src/index.ts";
import { fixture, PidFile } from "../../helpers/files.ts";
import { isAlive } from "../../helpers/processes.ts";
import { FarLedger } from "../guard/far-ledger.ts";

/** With it the work must begin to stop 20.25 s after the last renewal that was confirmed. */
const KILL_GRACE = "8500ms";

const sleeper = (ledger: LedgerStore, killGrace: string, more: object = {}) => {
  const pids = new PidFile();
  const call = defineCall({
    name: "sleeper",
    callee: command(fixture("three-sessions-deep.sh"), [], { env: { PIDS: pids.path }, killGrace }),
    timeout: "2m",
    effects: "once",
    resource: defineResource({ name: "printer", concurrency: 1 }),
    journal: false,
    ledger,
    ...more,
  });
  return { pids, call };
};

/** The end of a call whose host is cut off while it works. */
async function cutOff(more: object): Promise<Settled<unknown>> {
  const far = new FarLedger("ann");
  const { call, pids } = sleeper(far.store, KILL_GRACE, more);
  const ending = call.settle();
  await pids.reported(4);
  far.way = "hangs";
  const ended = await ending;
  expect(ended).toMatchObject({ code: "lease_lost", effect: "unknown", outcome: "failed" });
  expect((ended as Error).message).toContain("the ledger confirmed no renewal of its lease for 20.3 s");
  expect(performance.now() - far.renewedAt).toBeLessThan(30_000);
  expect(pids.pids().filter((pid) => isAlive(pid))).toEqual([]);
  return ended;
}

describe("a place in a ledger that several hosts share", () => {
  it("a host that is cut off stops its work before another call may get the place, with a key and without one", async () => {
    const ends = await Promise.all([{}, { key: () => "a" }].map((more) => cutOff(more)));
    expect(ends.map((end) => end instanceof CallError && end.message)).toEqual([
      expect.stringContaining("another call may get its place") as string,
      // The claim and the place are both lost, and the first of them ends the call.
      expect.stringMatching(/another (call may get its place|worker may take it over)/) as string,
    ]);
  });

  it("is renewed too seldom for work that takes long to stop, which is refused", () => {
    const far = new FarLedger("ann");
    expect(() => sleeper(far.store, "9s")).toThrow(ConfigError);
    expect(() => sleeper(far.store, "9s")).toThrow(/9.3 s to stop, and 9 s fit into its lease/);
    expect(() => sleeper(far.store, "9s", { resource: undefined, key: () => "a" })).not.toThrow();
  });
});
