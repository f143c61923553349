import { claim } from "./claim.ts";
import type { ClaimAnswer, ClaimEvent, Lost, Moment, SettleAnswer, Settlement, Step } from "./events.ts";
import { settle } from "./settle.ts";
import type { Claim, Operation } from "./state.ts";

/** The end of one attempt and the claim of the next as one change, so that no other call comes between. */
export function settleThenClaim(
  row: Operation | undefined,
  held: Claim,
  settlement: Settlement,
  event: ClaimEvent,
  moment: Moment,
): Step<Lost | { kind: "both"; settled: SettleAnswer; next: ClaimAnswer }> {
  const first = settle(row, held, settlement, moment.now);
  const settled = first.answer;
  if (settled.kind === "lost") return { ...first, answer: settled };
  const second = claim(first.row ?? row, event, moment);
  return {
    answer: { kind: "both", settled, next: second.answer },
    row: second.row ?? first.row,
    log: [...first.log, ...second.log],
  };
}
