import { requireVerdict } from "../ledger/store/validate.ts";
import type { LedgerStore } from "../ledger/store/store.ts";
import { EXIT } from "./interface/exit-code.ts";
import { UsageError } from "./interface/usage-error.ts";
import { visible } from "./terminal/visible.ts";

interface Said {
  readonly as?: "done" | "absent" | undefined;
  readonly by?: string | undefined;
  readonly why?: string | undefined;
  readonly name?: string | undefined;
  readonly force?: boolean | undefined;
}

type Verdict = Parameters<LedgerStore["resolve"]>[1];

/**
 * `hardcall ledger resolve`: an operator says whether it happened.
 *
 * @returns what then writes it down
 * @throws UsageError
 */
export function resolveOperation(ref: string, said: Said) {
  const { as, by, why } = said;
  if (as === undefined)
    throw new UsageError("--as is missing; give done (it happened) or absent (it did not)");
  if (!by?.trim() || !why?.trim())
    throw new UsageError("give --by (who looked) and --why (what was found); the ledger keeps both");
  requireVerdict({ as, by, why });
  const verdict = { as, by, why, force: said.force };
  return (store: LedgerStore) => recordVerdict(store, ref, said.name, verdict);
}

async function recordVerdict(
  store: LedgerStore,
  ref: string,
  name: string | undefined,
  verdict: Verdict,
): Promise<string | number> {
  const found = await store.show({ callIdOrKey: ref, name });
  const [only, ...others] = found;
  if (only === undefined) return notFound(ref, store.location);
  if (others.length > 0) {
    const names = found.map(({ record }) => record.name).join(", ");
    throw new UsageError(`${JSON.stringify(ref)} belongs to several calls (${names}); say which with --name`);
  }
  const which = `${only.record.name} ${visible(only.record.key)}`;
  const answer = await store.resolve(only.record, verdict);
  if (answer?.kind === "resolved") {
    const { record, overrode } = answer;
    const over = overrode === undefined ? "" : `; it was ${visible(overrode)}`;
    return `${which}: resolved as ${verdict.as}; it is now ${record.state}${over}`;
  }
  const state =
    answer?.kind === "in_progress"
      ? `in progress (process ${answer.owner.pid} on ${visible(answer.owner.host)}); wait until it ends, or add --force if you know that it has ended`
      : `${answer?.record.state ?? "gone"}, not in doubt; add --force to overrule that`;
  process.stderr.write(`hardcall: nothing was resolved: ${which} is ${state}\n`);
  return EXIT.elsewhere;
}

/** It names the file: cron and the operator may have different ledgers. */
export function notFound(ref: string, file: string): number {
  process.stderr.write(
    `hardcall: the ledger ${visible(file)} has no call with the id or key ${JSON.stringify(ref)}; hardcall ledger list shows what it has, and --ledger names another\n`,
  );
  return EXIT.calleeFailed;
}
