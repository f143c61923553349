import { writeFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { defineCall } from "../../../src/call/define-call.ts";
import { command } from "../../../src/callees/command.ts";
import { currentOwner } from "../../../src/ledger/owner/owner.ts";
import { openPostgresStore } from "../../../src/ledger/postgres/store.ts";
import type { LedgerStore } from "../../../src/ledger/store/store.ts";
import { fixture, PidFile, ROOT } from "../../helpers/files.ts";
import { countWaits } from "../../helpers/machine.ts";
import { freshDatabase } from "../../helpers/postgres.ts";
import { isAlive, killAll, processesWith, survivorsAfter } from "../../helpers/processes.ts";
import { childEnv, start } from "../../helpers/run.ts";
import { tcpProxy, type TcpProxy } from "../../helpers/tcp-proxy.ts";

/** With a killGrace of 25 s: how long after the last renewal the processes must begin to end. */
const STOP_AFTER_MS = 3750;

/** The ledger as a host of its own sees it: of the owners on others it knows nothing but their leases. */
async function asHost(host: string, url: string): Promise<LedgerStore> {
  const store = await openPostgresStore({
    url,
    owner: { ...currentOwner(), host, id: host },
    liveness: ({ id }) => (id === host ? "alive" : "unknown"),
  });
  onTestFinished(() => store.close());
  return store;
}

function sleeper(ledger: LedgerStore, killGrace: string, file: string) {
  const pids = new PidFile();
  const call = defineCall({
    name: "leased",
    callee: command(fixture(file), [], { env: { PIDS: pids.path }, killGrace }),
    timeout: "2m",
    effects: "none",
    key: () => "a",
    onInProgress: "wait",
    ledger,
  });
  return { pids, call };
}

describe("a ledger in Postgres, out of reach of a host", () => {
  it.each([
    ["no packet comes through", (proxy: TcpProxy) => proxy.freeze()],
    ["no answer comes back", (proxy: TcpProxy) => proxy.swallowAnswers()],
    ["connections are refused", (proxy: TcpProxy) => proxy.refuse()],
  ])("%s: the call ends in time, and its child is gone", async (_how, breakIt) => {
    const proxy = await tcpProxy(await freshDatabase());
    const ledger = await asHost("ann", proxy.url);
    const { call, pids } = sleeper(ledger, "25s", "three-sessions-deep.sh");
    const ending = call.settle();
    await pids.reported(4);
    const waited = countWaits();
    const brokenAt = performance.now();
    breakIt(proxy);
    expect(await ending).toMatchObject({ code: "lease_lost", effect: "unknown", outcome: "failed" });
    // The last renewal came before the break, and the result may be under way for a second.
    expect(performance.now() - brokenAt - waited()).toBeLessThan(STOP_AFTER_MS + 3500);
    expect(pids.pids().filter((pid) => isAlive(pid))).toEqual([]);
    proxy.refuse();
  });

  it("a connection that stalls again and again, and comes back in time: the call goes on", async () => {
    const proxy = await tcpProxy(await freshDatabase());
    const { call, pids } = sleeper(await asHost("ann", proxy.url), "25s", "ends-when-told.sh");
    const ending = call.settle();
    await pids.reported(1);
    for (let time = 0; time < 3; time++) {
      proxy.freeze();
      await wait(1500);
      proxy.thaw();
      await wait(1500);
    }
    writeFileSync(`${pids.path}.go`, "");
    expect(await ending).toMatchObject({ outcome: "executed", value: "done" });
  });

  it("a host that is cut off, and one that is suspended: their children, which ignore SIGTERM, are gone before another host starts the call", async () => {
    const [url, otherUrl] = [await freshDatabase(), await freshDatabase()];
    const proxy = await tcpProxy(url);
    const cut = sleeper(await asHost("ann", proxy.url), "5s", "ignores-term.sh");
    const cutOff = cut.call.settle();
    const pids = new PidFile();
    const mark = `MARKED_BY_TEST=${process.pid}-${performance.now()}`;
    onTestFinished(() => killAll(processesWith(mark)));
    const env = childEnv({ PIDS: pids.path, MARKED_BY_TEST: mark.split("=")[1] });
    const script = `${ROOT}/test/call/guard/fixtures/leased-host.ts`;
    const host = start(process.execPath, [script, otherUrl, "5000", fixture("ignores-term.sh")], { env });
    const trees = [await cut.pids.reported(2), await pids.reported(2)];
    proxy.freeze();
    host.child.kill("SIGSTOP");

    const takeOver = async (direct: string, tree: readonly number[]) => {
      const gone = survivorsAfter(40_000, tree).then((left) => (left.length === 0 ? Date.now() : Infinity));
      const next = sleeper(await asHost("bob", direct), "100ms", "ignores-term.sh");
      const caller = new AbortController();
      const ending = next.call.settle(undefined, { signal: caller.signal });
      await next.pids.reported(2, 50_000);
      const startedAt = Date.now();
      caller.abort();
      expect(await ending).toMatchObject({ code: "cancelled" });
      return { goneAt: await gone, startedAt };
    };
    const [first, second] = await Promise.all([
      takeOver(url, trees[0] ?? []),
      takeOver(otherUrl, trees[1] ?? []),
    ]);
    for (const { goneAt, startedAt } of [first, second]) {
      const at = (ms: number) => new Date(ms).toISOString();
      console.log(
        `child gone at ${at(goneAt)}, next start at ${at(startedAt)}: ${startedAt - goneAt} ms later`,
      );
      expect(goneAt).toBeLessThan(startedAt);
    }
    expect(await cutOff).toMatchObject({ code: "lease_lost", effect: "unknown" });
    proxy.refuse();
    host.child.kill("SIGCONT");
    const woken = JSON.parse((await host.finished).stdout.toString()) as unknown;
    expect(woken).toMatchObject({ code: "lease_lost", effect: "unknown", attempts: 1 });
    // What the first host knew of its end came too late to decide anything, and is kept.
    const [history] = await (await asHost("eve", otherUrl)).show({ callIdOrKey: "a" });
    expect(history?.attempts.filter(({ late }) => late)).toMatchObject([{ code: "lease_lost" }]);
  });
});
