import { CallError } from "../core/errors.ts";
import { lazily } from "../core/lazily.ts";
import type { Settled } from "../core/settled.ts";
import type { EffectiveLimits } from "./effective-limits.ts";
import { faultOf } from "./fault.ts";
import type { Definition, Invocation } from "./invocation.ts";
import { LAST_WITHIN_MS, type OngoingCall } from "./ongoing-call.ts";

/** Makes a call, with a row in the journal from its start to its end if it is journalled. */
export async function journalCall<T extends Settled<unknown>>(
  definition: Pick<Definition<never, never, object>, "name" | "callee" | "resource" | "ledger" | "logger">,
  { journal: isJournalled, time }: EffectiveLimits,
  { key, requestedBy }: Pick<Invocation<never>, "key" | "requestedBy">,
  call: OngoingCall,
  work: () => Promise<T>,
): Promise<T> {
  if (!isJournalled) return await work();
  const { beginJournal } = await loadJournal();
  const { name, callee, resource, ledger, logger } = definition;
  const journal = beginJournal({
    callId: call.callId,
    name,
    key,
    callee: callee.kind,
    resource: resource?.name,
    requestedBy,
    limitMs: time.totalMs,
    ledger,
    logger,
  });
  call.journal = journal;
  try {
    const settled = await work();
    journal.ended(settled);
    return settled;
  } catch (error) {
    journal.ended(error instanceof CallError ? error : faultOf(name, error));
    throw error;
  } finally {
    if (call.isHostEnding) await journal.written(LAST_WITHIN_MS);
  }
}

/** Only calls that are journalled load it. */
const loadJournal = lazily(() => import("../journal/begin-journal.ts"));
