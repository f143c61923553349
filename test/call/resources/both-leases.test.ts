import { describe, expect, it } from "vitest";
import { LeaseLimit } from "../../../src/call/lease-limit.ts";
import { bothLeases } from "../../../src/call/place-lease.ts";
import { later, machineTime, msUntil } from "../../../src/core/machine-time.ts";

function twoLeases() {
  const reasons: unknown[] = [];
  const claim = new LeaseLimit(60_000, (reason) => reasons.push(reason));
  const place = new LeaseLimit(60_000, (reason) => reasons.push(reason), "another call may get its place");
  const both = bothLeases(claim, place);
  if (both === undefined) throw new Error("two leases are no lease");
  return { claim, place, both, reasons };
}

describe("work that needs its claim and its place", () => {
  it("must stop by the end of the lease that ends first, and hears of the renewals of both", () => {
    const { claim, place, both } = twoLeases();
    let heard = 0;
    const end = both.onRenewed(() => heard++);
    claim.renewed(machineTime());
    place.renewed(later(machineTime(), -20_000));
    expect(msUntil(both.stopAt)).toBeLessThan(40_001);
    place.renewed(later(machineTime(), 20_000));
    expect(msUntil(both.stopAt)).toBeGreaterThan(50_000);
    expect(msUntil(both.stopAt)).toBeLessThan(60_001);
    expect(heard).toBe(3);
    end();
    claim.renewed(machineTime());
    expect(heard).toBe(3);
    claim.rest();
    place.rest();
  });

  it.each(["claim", "place"] as const)("is lost with its %s", (which) => {
    const leases = twoLeases();
    expect(leases.both.isOver()).toBe(false);
    leases[which].lose();
    expect(leases.both.lost.aborted).toBe(true);
    expect(leases.both.isOver()).toBe(true);
    expect(leases.reasons).toHaveLength(1);
  });

  it("says what the end of the lease would mean", () => {
    const { both, reasons } = twoLeases();
    both.lose();
    expect(reasons.map((reason) => (reason as Error).message)).toEqual([
      expect.stringMatching(/when the lease \(30 s\) is over, another worker may take it over\.$/),
      expect.stringMatching(/when the lease \(30 s\) is over, another call may get its place\.$/),
    ]);
  });

  it("has one lease if there is one", () => {
    const { claim } = twoLeases();
    expect(bothLeases(claim, undefined)).toBe(claim);
    expect(bothLeases(undefined, claim)).toBe(claim);
    expect(bothLeases(undefined, undefined)).toBeUndefined();
  });
});
