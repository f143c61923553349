import type { Settlement } from "../operation/events.ts";
import type { SettleRequest } from "./store.ts";
import { keepValue } from "../key/value.ts";

/** What is known of an attempt whose start could not be written. */
export const NOT_STARTED: Settlement = {
  state: "failed",
  end: { code: "ledger_unavailable", effect: "not_started" },
};

/** A result as the ledger keeps it. */
export function settlementOf(result: SettleRequest, maxValueBytes: number): Settlement {
  if (result.state === "failed") return result;
  const { end, value, store, details } = result;
  return {
    state: "succeeded",
    end: { ...end, effect: "completed" },
    value: keepValue(value, store ?? "value", maxValueBytes),
    details,
  };
}
