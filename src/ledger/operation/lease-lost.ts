import { LedgerError } from "../../database/errors.ts";
import type { Lost } from "./events.ts";
import type { Claim } from "./state.ts";

/** Turns the answer that a claim is lost into the error a caller cannot overlook. */
export function orLost<A extends { readonly kind: string }>(answer: A | Lost, claim: Claim): A {
  if (isLost(answer)) throw leaseLost(answer, claim);
  return answer;
}

function isLost(answer: { readonly kind: string }): answer is Lost {
  return answer.kind === "lost";
}

export function leaseLost({ record }: Lost, { name, key, fence }: Claim): LedgerError {
  const now =
    record === undefined
      ? "the ledger no longer has this operation"
      : record.fence === fence
        ? `the operation is already ${record.state}`
        : `process ${record.owner.pid} on ${record.owner.host} took it over (fence ${record.fence})`;
  return new LedgerError(
    "lease_lost",
    `The claim on ${name} "${key}" (fence ${fence}) is lost: ${now}. Stop the attempt and write no further result under it.`,
  );
}
