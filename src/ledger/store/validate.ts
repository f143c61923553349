import { LedgerError } from "../../database/errors.ts";
import type { ClaimRequest, OperatorVerdict } from "../operation/events.ts";
import { checkKey } from "../key/key.ts";
import { isHashOfNothing } from "../../core/hash-of-nothing.ts";
import { isBlank } from "../../core/blank.ts";

/** setTimeout fires at once above this, and a heartbeat with it. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export function validRequest(request: ClaimRequest): ClaimRequest {
  checkKey(request.key);
  requireTime(request.leaseMs, "leaseMs", LONGEST_TIMER_MS);
  requireText(request.name, "name");
  requireText(request.callId, "callId");
  requireText(request.fingerprint, "fingerprint");
  return request;
}

export function requireTime(ms: number, label: string, longest = Number.MAX_SAFE_INTEGER): void {
  if (Number.isFinite(ms) && ms > 0 && ms <= longest) return;
  throw new LedgerError("invalid_config", `${label} is ${ms}; it must be between 1 and ${longest} ms.`);
}

export function requireText(text: string, label: string): void {
  if (typeof text === "string" && !isBlank(text)) return;
  throw new LedgerError(
    "invalid_config",
    `${label} is blank. The ledger keeps it as evidence, so it needs a text.`,
  );
}

export function requireCount(count: number, label: string, most: number): void {
  if (Number.isInteger(count) && count >= 1 && count <= most) return;
  throw new LedgerError(
    "invalid_config",
    `${label} is ${count}; it must be a whole number from 1 to ${most}.`,
  );
}

/** A line break in an operator's text would look like another entry of the history. */
export function requireVerdict({ by, why }: OperatorVerdict): void {
  for (const [label, text] of Object.entries({ by, why })) {
    requireText(text, label);
    if (/[\p{Cc}\u2028\u2029]/u.test(text)) {
      throw new LedgerError("invalid_config", `${label} must be one line without control characters.`);
    }
  }
  // The ledger records probes under this name and prunes their answers.
  if (by.trim().toLowerCase() === "probe") {
    throw new LedgerError(
      "invalid_config",
      'by is "probe", a name that the ledger uses for probes. Name a person.',
    );
  }
}

/** Refuses the hash of empty content: every run without output has it, and would count as a duplicate of the first. */
export function requireHash(sha256: string): void {
  if (/^[0-9a-f]{64}$/.test(sha256) && !isHashOfNothing(sha256)) return;
  throw new LedgerError("invalid_config", "sha256 must be 64 hex digits, and not the hash of empty content.");
}
