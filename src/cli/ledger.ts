import { LedgerError } from "../database/errors.ts";
import { openStore } from "../ledger/open.ts";
import type { LedgerStore } from "../ledger/store/store.ts";
import { EXIT } from "./interface/exit-code.ts";
import { jsonOf, tableOf } from "./ledger-list.ts";
import { describeJournalled, findJournalled, journalJson } from "./ledger-journal.ts";
import { migrateLedger } from "./ledger-migrate.ts";
import { notFound, resolveOperation } from "./ledger-resolve.ts";
import { describeHistory } from "./ledger-show.ts";
import type { Command, ValuesOf } from "./interface/command.ts";
import { LEDGER_LIST, LEDGER_PRUNE, LEDGER_RESOLVE, LEDGER_SHOW } from "./interface/ledger.ts";
import { parse } from "./interface/parse.ts";
import { UsageError } from "./interface/usage-error.ts";
import { milliseconds } from "./milliseconds.ts";
import { print } from "./print.ts";
import { visibleJson } from "./terminal/visible.ts";

/** Reads a ledger, and answers with text for stdout, in parts, or with an exit code after a sentence on stderr. */
type Work = (store: LedgerStore) => AsyncIterable<string> | Promise<string | number>;
/** Checks the options, before a ledger is looked for. @throws UsageError */
type Plan<C extends Command> = (flags: ValuesOf<C["groups"]>, ref: string) => Work;

function verb<const C extends Command>(command: C, plan: Plan<C>) {
  return (args: readonly string[]) => {
    const { operands, values } = parse(command, args);
    const flags = values();
    const { ledger } = flags as { readonly ledger?: string | undefined };
    return { ledger, work: plan(flags, operands[0] ?? "") };
  };
}

const VERBS = new Map([
  ["list", verb(LEDGER_LIST, list)],
  ["show", verb(LEDGER_SHOW, show)],
  ["resolve", verb(LEDGER_RESOLVE, (flags, ref) => resolveOperation(ref, flags))],
  ["prune", verb(LEDGER_PRUNE, prune)],
]);

/** `hardcall ledger list | show <call or key> | resolve <call or key> --as … --by … --why … | prune | migrate` */
export async function main([name = "", ...args]: string[]): Promise<number> {
  const read = VERBS.get(name);
  try {
    if (name === "migrate") return await migrateLedger(args);
    if (read === undefined) throw new Error(`no verb ${name}`);
    const { ledger, work } = read(args);
    const store = await openStore(ledger, { mustExist: true });
    try {
      return await tell(work(store));
    } finally {
      await store.close();
    }
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    process.stderr.write(`hardcall: ${error.message}\n`);
    return error.code === "invalid_config" ? EXIT.usage : EXIT.ledger;
  }
}

function list(flags: ValuesOf<(typeof LEDGER_LIST)["groups"]>): Work {
  const { state, name, limit, json, "older-than": olderThan } = flags;
  if (limit < 1) throw new UsageError(`--limit is ${limit}; give 1 or more`);
  const olderThanMs = olderThan === undefined ? undefined : longDuration("--older-than", olderThan);
  return (store) => (json ? jsonOf : tableOf)(store, { state, name, olderThanMs }, limit);
}

function show({ name, json }: ValuesOf<(typeof LEDGER_SHOW)["groups"]>, ref: string): Work {
  return async (store) => {
    const found = await store.show({ callIdOrKey: ref, name });
    const journalled = await findJournalled(store, { callId: ref, name });
    if (found.length === 0 && journalled === undefined) return notFound(ref, store.location);
    const rows = journalled === undefined ? [] : [journalled];
    if (json)
      return visibleJson([...found, ...rows.map(({ record, state }) => journalJson(record, state))], 2);
    return [
      ...found.map(describeHistory),
      ...rows.map(({ record, state }) => describeJournalled(record, state)),
    ].join("\n");
  };
}

function prune({ retention, tombstone, json }: ValuesOf<(typeof LEDGER_PRUNE)["groups"]>): Work {
  const retentionMs = longDuration("--retention", retention);
  const tombstoneMs = longDuration("--tombstone", tombstone);
  return async (store) => {
    const { tombstoned, deleted, journal } = await store.prune({ retentionMs, tombstoneMs });
    if (json) return visibleJson({ tombstoned, deleted, journal }, 2);
    return `${tombstoned} values were dropped, and their keys are still remembered; ${deleted} calls were forgotten; ${journal} ${journal === 1 ? "row of the journal was" : "rows of the journal were"} deleted`;
  };
}

/** Days may be more than a timer can hold. */
function longDuration(flag: string, value: string): number {
  const days = Number(/^(\d{1,5})d$/.exec(value)?.[1] ?? 0);
  return days === 0 ? milliseconds(flag, value) : days * 86_400_000;
}

async function tell(answer: ReturnType<Work>): Promise<number> {
  if (Symbol.asyncIterator in answer) {
    for await (const part of answer) {
      // It waits for a reader that is slower than we are. For one that has gone nothing more is read.
      if (!(await print(part))) break;
    }
    return EXIT.ok;
  }
  const told = await answer;
  if (typeof told === "number") return told;
  void print(`${told}\n`);
  return EXIT.ok;
}
