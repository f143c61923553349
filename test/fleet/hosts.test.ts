import { randomUUID } from "node:crypto";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { Owner } from "../../src/ledger/owner/owner.ts";
import { appears, processesWith, survivorsAfter } from "../helpers/processes.ts";
import { canMakeHosts, inLab } from "./hosts/in-lab.ts";

interface Told {
  readonly owners: readonly [Owner, Owner];
  readonly seesOther: string;
  readonly seesItself: string;
  readonly cuts: Readonly<Record<string, readonly string[]>>;
  readonly processes: number;
}

describe.skipIf(!canMakeHosts)("the hosts of a lab", () => {
  it("are hosts to a ledger, and a cut says nothing to either end", async () => {
    const told = await inLab<Told>({ program: "hosts.ts", options: {}, timeoutMs: 50_000 });
    const [one, other] = told.owners;
    expect([one.host, other.host]).toEqual(["worker-1", "worker-2"]);
    expect(one.bootId).not.toBe(other.bootId);
    expect(one.pidSpace).not.toBe(other.pidSpace);
    expect([told.seesOther, told.seesItself]).toEqual(["unknown", "alive"]);
    const cut = ["silence", "answered", "answered"];
    expect(told.cuts).toEqual({ both: cut, requests: cut, answers: cut, link: cut, database: ["answered"] });
    expect(told.processes).toBe(1);
  });

  it("are gone with everything on them when the run is killed", async () => {
    // The lab's own: beside this file, others run that start and end theirs.
    const mark = randomUUID();
    vi.stubEnv("LAB_MARK", mark);
    onTestFinished(() => void vi.unstubAllEnvs());
    const started = () => processesWith(`LAB_MARK=${mark}`);
    const killed = new AbortController();
    const { signal } = killed;
    const ended = inLab({ program: "hosts.ts", options: {}, timeoutMs: 50_000, signal }).catch(String);
    // The lab's own process, the program, and at least one on a host.
    await appears(() => (started().length < 4 ? [] : started()));
    const running = started();
    killed.abort();
    expect(await ended).toContain("aborted");
    expect(await survivorsAfter(5000, running)).toEqual([]);
  });
});
