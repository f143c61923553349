import { array, assert, constantFrom, integer, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { step, type AlertRules, type AlertState } from "../../src/sentinel/hysteresis.ts";
import type { Judgement, SentinelVerdict } from "../../src/sentinel/verdict.ts";

const MINUTE = 60_000;
const CALM: AlertState = { alarm: false, badStreak: 0, okStreak: 0, episode: 0, alerts: 0 };

function judgement(verdict: SentinelVerdict, more: Partial<Judgement> = {}): Judgement {
  return { verdict, isAlarming: verdict === "silent", isInMaintenance: false, ...more };
}

/** Checks a minute apart; what each of them alerted. */
function play(judgements: readonly Judgement[], rules: Partial<AlertRules> = {}) {
  let state: AlertState = CALM;
  return judgements.map((each, minute) => {
    const stepped = step(state, each, { alertAfter: 1, recoverAfter: 1, ...rules }, minute * MINUTE);
    state = stepped.state;
    return stepped.alert;
  });
}

const of = (...verdicts: SentinelVerdict[]) => verdicts.map((verdict) => judgement(verdict));

describe("alerts", () => {
  it("tell of transitions only", () => {
    expect(play(of("ok", "silent", "silent", "silent", "ok", "ok"))).toEqual([
      undefined,
      "alert",
      undefined,
      undefined,
      "recovered",
      undefined,
    ]);
  });

  it("wait for alertAfter and recoverAfter checks in a row, so that flapping is quiet", () => {
    const flapping = of("ok", "silent", "ok", "silent", "ok", "silent", "ok");
    expect(play(flapping, { alertAfter: 2 }).filter(Boolean)).toEqual([]);
    const rules = { alertAfter: 2, recoverAfter: 2 };
    expect(play(of("silent", "silent", "ok", "silent", "ok", "silent", "ok", "ok"), rules)).toEqual([
      undefined,
      "alert",
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      "recovered",
    ]);
  });

  it("remind every realertEvery and not in between", () => {
    const silent = of("silent", "silent", "silent", "silent", "silent");
    expect(play(silent, { realertEvery: 2 * MINUTE })).toEqual([
      "alert",
      undefined,
      "reminder",
      undefined,
      "reminder",
    ]);
  });

  it("tell when what could not be told turns out worse, once", () => {
    const doubtful = judgement("unknown", { isAlarming: true });
    const told = play([doubtful, judgement("silent"), doubtful, judgement("silent")]);
    expect(told).toEqual(["alert", "worse", undefined, undefined]);
  });

  it("neither come nor go in maintenance", () => {
    const pause = { isInMaintenance: true, isAlarming: false };
    expect(play([judgement("silent", pause), judgement("silent")])).toEqual([undefined, "alert"]);
    expect(play([judgement("silent"), judgement("ok", pause), judgement("ok")])).toEqual([
      "alert",
      undefined,
      "recovered",
    ]);
  });

  it("alternate between alarm and all-clear (any sequence)", () => {
    const verdicts = array(constantFrom<SentinelVerdict>("ok", "late", "silent", "unknown"));
    const streak = integer({ min: 1, max: 3 });
    assert(
      property(verdicts, streak, streak, (sequence, alertAfter, recoverAfter) => {
        const told = play(of(...sequence), { alertAfter, recoverAfter }).filter((kind) => kind !== undefined);
        told
          .filter((kind) => kind !== "worse")
          .forEach((kind, index) => {
            expect(kind).toBe(index % 2 === 0 ? "alert" : "recovered");
          });
      }),
    );
  });
});
