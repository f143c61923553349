import { LedgerError } from "./errors.ts";
import type { ClaimRequest } from "./events.ts";
import { checkKey } from "./key.ts";
import { isHashOfNothing } from "./nothing.ts";
import { isBlank } from "../call/blank.ts";

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
  throw new LedgerError("invalid_config", `${label} is blank; the ledger keeps it as evidence.`);
}

/** Every run that produced nothing has this hash, and would pass for a duplicate of the first. */
export function requireHash(sha256: string): void {
  if (/^[0-9a-f]{64}$/.test(sha256) && !isHashOfNothing(sha256)) return;
  throw new LedgerError("invalid_config", "sha256 must be 64 hex digits, and not the hash of nothing.");
}
