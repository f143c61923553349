import type { PlaceAnswer, Waiting } from "../../src/resources/types.ts";
import type { Model, Running } from "./model.ts";

/** @throws Error that names the rule, unless it holds */
export function must(rule: string, holds: boolean): void {
  if (!holds) throw new Error(rule);
}

/** A place was given: it exceeds no limit of the model. */
export function mustAdmit(model: Model, attempt: Running, now: number, windowMs: number): void {
  const lowest = model.lowest(now);
  must("no more places than the limit", model.running.size < lowest.places);
  must("no more starts than the rate", model.startsIn(now, windowMs) < lowest.starts);
  if (lowest.microUsd < Infinity) {
    const before = model.spent(now, windowMs) + model.reserved();
    must("there is money left", before < lowest.microUsd);
    must("the money is enough", before + attempt.reserved <= lowest.microUsd);
  }
  const { closed } = model;
  must("a trial only where the breaker is half-open", attempt.trial === (closed !== undefined));
  if (closed === undefined) return;
  must("no call while the breaker is open", closed.kind === "cooldown" && now >= closed.until);
  must("exactly one trial", ![...model.running.values()].some(({ trial }) => trial));
}

/** Within a process, no call gets a place before one that came earlier. */
export function mustKeepOrder(waited: readonly Waiting[], answers: ReadonlyMap<string, PlaceAnswer>): void {
  const kinds = waited.map(({ ticket }) => answers.get(ticket)?.kind).filter((kind) => kind !== "refused");
  const firstThatWaits = kinds.indexOf("waits");
  const overtaken = firstThatWaits !== -1 && kinds.indexOf("granted", firstThatWaits) !== -1;
  must("the order of arrival within a process", !overtaken);
}
