import type { Overview } from "../data.ts";
import { visible } from "./format.ts";

/** What has happened between two states of the overview that asks for an action, in sentences. */
export function newsOf(before: Overview, after: Overview): readonly string[] {
  const doubts = new Set(before.inDoubt.map(({ callId }) => callId));
  const breakers = new Map(before.resources.map(({ name, breaker }) => [name, breaker.state]));
  const alarms = new Set(before.sentinels.filter(({ alarm }) => alarm).map(({ name }) => name));
  return [
    ...after.inDoubt
      .filter(({ callId }) => !doubts.has(callId))
      .map(({ name }) => `${visible(name)} is in doubt.`),
    ...after.resources
      .filter(
        ({ name, breaker }) =>
          breaker.state !== "half_open" && (breakers.get(name) ?? "closed") !== breaker.state,
      )
      .map(({ name, breaker }) => `The breaker of ${visible(name)} is ${breaker.state}.`),
    ...after.sentinels
      .filter(({ name, alarm }) => alarm && !alarms.has(name))
      .map(({ name, verdict }) => `The sentinel ${visible(name)} is ${verdict}.`),
    ...(after.ledger.problem !== undefined && before.ledger.problem === undefined
      ? ["The ledger cannot be read."]
      : []),
    ...(after.ledger.problem === undefined && before.ledger.problem !== undefined
      ? ["The ledger can be read again."]
      : []),
  ];
}
