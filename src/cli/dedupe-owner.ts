import type { Claimant } from "../ledger/contents/contents.ts";
import { checkKey } from "../ledger/key/key.ts";
import { processOwner } from "../ledger/owner/process-owner.ts";
import { UsageError } from "./interface/usage-error.ts";

/**
 * Who checks, commits or releases: the job that `HARDCALL_KEY` names, else the call, else only the bearer of the token. Never this
 * process, which ends at once.
 */
export function claimantOf(call: string | undefined, token: string | undefined): Claimant {
  const { HARDCALL_KEY: key, HARDCALL_CALL_ID: callOfRun } = process.env;
  const callId = call ?? (callOfRun || undefined);
  try {
    if (key) checkKey(key);
  } catch (error) {
    throw new UsageError(`HARDCALL_KEY cannot be used: ${(error as Error).message}`);
  }
  const owner = key ? `key:${key}` : callId === undefined ? undefined : `call:${callId}`;
  return { owner, callId, token, process: processOwner(process.ppid) };
}
