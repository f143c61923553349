import { describe, expect, it } from "vitest";
import { canMakeHosts, inLab } from "./hosts/in-lab.ts";
import type { Takeover } from "./programs/takeover.ts";

const TIMEOUT_MS = 150_000;
const where = canMakeHosts ? "a host of their own" : "this one host: it lets the tests make no others";

describe(`workers on ${where}`, () => {
  it(
    "finish what a killed, a suspended and a cut off worker began, once, and start only when its child is gone",
    async () => {
      const told = await inLab<Takeover>({ program: "takeover.ts", options: {}, timeoutMs: TIMEOUT_MS });
      const { before, held, cut, asleep } = told;
      expect(before).toEqual({ effects: 1, end: "completed executed" });
      expect(held).toEqual({ effects: 1, end: "completed recovered" });
      if (!canMakeHosts) return;
      expect(cut).toMatchObject({ effects: 1, end: "completed executed" });
      expect(asleep).toMatchObject({ effects: 0, end: "failed in_doubt" });
      for (const lost of [cut, asleep]) {
        const { childGoneMs = NaN, leaseOverMs = NaN, nextBeganMs = Infinity } = lost ?? {};
        console.info(
          `lost at 0; its child was gone after ${childGoneMs} ms, its lease over after ${leaseOverMs} ms, ` +
            (nextBeganMs === Infinity ? "and no other began" : `and another began after ${nextBeganMs} ms`),
        );
        // Both take the time of a lease: with neither, the other has begun before.
        expect(childGoneMs).toBeLessThan(leaseOverMs);
        expect(leaseOverMs).toBeLessThan(nextBeganMs);
      }
    },
    TIMEOUT_MS,
  );
});
