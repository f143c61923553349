import { LedgerError } from "../database/errors.ts";
import { MAX_DURATION_MS } from "../core/duration.ts";
import type { LedgerStore } from "../ledger/store/store.ts";
import { requireVerdict } from "../ledger/store/validate.ts";
import { change } from "./change.ts";
import { describeResource } from "./describe-resource.ts";
import type { OperatorEvent } from "./types.ts";
import type { ResourceView } from "./view.ts";

/** What an operator's decision has done. */
export interface Operated {
  /** `false`: the breaker was closed already. */
  readonly changed: boolean;
  readonly view: ResourceView;
}

/** Longer words would not fit into the document of a resource, which each call reads. */
const LONGEST = { by: 200, why: 500 } as const;

/**
 * Every resource that calls of this ledger have used, by its name. One whose record cannot be read hides no other.
 *
 * @throws LedgerError
 */
export async function resourceViews(
  store: LedgerStore,
  onUnreadable: (error: LedgerError) => void,
): Promise<readonly ResourceView[]> {
  const documents = await store.resources();
  const moment = await store.moment();
  return documents.flatMap(({ name, text }) => {
    try {
      return [describeResource(name, text, moment)];
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      onUnreadable(error);
      return [];
    }
  });
}

/**
 * An operator opens or closes the breaker of a resource, for all processes. Whether there is a resource of that name is for the caller to
 * check: a breaker can be opened before any call has used it.
 *
 * @throws LedgerError `invalid_config` for a decision without a name or a reason, `ledger_unavailable`
 */
export async function operateResource(
  store: LedgerStore,
  name: string,
  event: OperatorEvent,
): Promise<Operated> {
  requireOperator(event);
  return await store.changeResource({ name }, (document) => {
    const { breaker } = describeResource(name, document.text, document);
    const { text } = change(name, document.text, { operator: event }, document);
    const view = describeResource(name, text ?? document.text, document);
    return { text, answer: { changed: event.kind === "open" || breaker.state !== "closed", view } };
  });
}

function requireOperator(event: OperatorEvent): void {
  const { by, why } = event;
  requireVerdict({ as: "absent", by, why });
  for (const [label, longest] of Object.entries(LONGEST)) {
    const { length } = event[label as keyof typeof LONGEST];
    if (length <= longest) continue;
    throw new LedgerError("invalid_config", `${label} has ${length} characters; ${longest} is the most.`);
  }
  const forMs = event.kind === "open" ? event.forMs : undefined;
  if (forMs === undefined || (forMs > 0 && forMs <= MAX_DURATION_MS)) return;
  throw new LedgerError(
    "invalid_config",
    `forMs is ${forMs}; give milliseconds, at most ${MAX_DURATION_MS}.`,
  );
}
