import { parseDuration } from "../core/duration.ts";
import { LedgerError } from "../database/errors.ts";
import { requireLedger } from "../database/existing.ts";
import { openStore } from "../ledger/open.ts";
import type { LedgerStore } from "../ledger/store/store.ts";
import { EXIT } from "./interface/exit-code.ts";
import { jsonOf, tableOf } from "./ledger-list.ts";
import { notFound, resolveOperation } from "./ledger-resolve.ts";
import { describeHistory } from "./ledger-show.ts";
import type { Command, ValuesOf } from "./interface/command.ts";
import { LEDGER_LIST, LEDGER_PRUNE, LEDGER_RESOLVE, LEDGER_SHOW } from "./interface/ledger.ts";
import { parse } from "./interface/parse.ts";
import { UsageError } from "./interface/usage-error.ts";
import { print } from "./print.ts";
import { visibleJson } from "./terminal/visible.ts";

type Run<C extends Command> = (
  store: LedgerStore,
  flags: ValuesOf<C["groups"]>,
  ref: string,
) => AsyncIterable<string> | Promise<string | number>;

/** @returns what reads the arguments of a verb, before a ledger is opened, and what then runs it */
function verb<const C extends Command>(command: C, run: Run<C>) {
  return (args: readonly string[]) => {
    const { operands, values } = parse(command, args);
    const flags = values();
    const { ledger } = flags as { readonly ledger?: string | undefined };
    return { ledger, answer: (store: LedgerStore) => run(store, flags, operands[0] ?? "") };
  };
}

const VERBS = new Map([
  ["list", verb(LEDGER_LIST, list)],
  ["show", verb(LEDGER_SHOW, show)],
  ["resolve", verb(LEDGER_RESOLVE, (store, flags, ref) => resolveOperation(store, ref, flags))],
  ["prune", verb(LEDGER_PRUNE, prune)],
]);

/** `hardcall ledger list | show <call or key> | resolveOperation <call or key> --as … --by … --why … | prune` */
export async function main([name = "", ...args]: string[]): Promise<number> {
  const read = VERBS.get(name);
  if (read === undefined) throw new Error(`no verb ${name}`);
  const { ledger, answer } = read(args);
  try {
    requireLedger(ledger);
    const store = await openStore(ledger);
    try {
      return await tell(answer(store));
    } finally {
      await store.close();
    }
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    process.stderr.write(`hardcall: ${error.message}\n`);
    return error.code === "invalid_config" ? EXIT.usage : EXIT.ledger;
  }
}

function list(store: LedgerStore, flags: ValuesOf<(typeof LEDGER_LIST)["groups"]>): AsyncIterable<string> {
  const { state, name, limit, "older-than": olderThan } = flags;
  if (limit < 1) throw new UsageError(`--limit is ${limit}; give 1 or more`);
  const filter = {
    state,
    name,
    olderThanMs: olderThan === undefined ? undefined : milliseconds("--older-than", olderThan),
  };
  return (flags.json ? jsonOf : tableOf)(store, filter, limit);
}

async function show(
  store: LedgerStore,
  flags: ValuesOf<(typeof LEDGER_SHOW)["groups"]>,
  ref: string,
): Promise<string | number> {
  const found = await store.show({ callIdOrKey: ref, name: flags.name });
  if (found.length === 0) return notFound(ref);
  return flags.json ? visibleJson(found, 2) : found.map(describeHistory).join("\n");
}

async function prune(store: LedgerStore, flags: ValuesOf<(typeof LEDGER_PRUNE)["groups"]>): Promise<string> {
  const retentionMs = milliseconds("--retention", flags.retention);
  const tombstoneMs = milliseconds("--tombstone", flags.tombstone);
  const { tombstoned, deleted } = await store.prune({ retentionMs, tombstoneMs });
  if (flags.json) return visibleJson({ tombstoned, deleted }, 2);
  return `${tombstoned} values were dropped, and their keys are still remembered; ${deleted} calls were forgotten`;
}

function milliseconds(flag: string, value: string): number {
  const parsed = parseLongDuration(value);
  if ("ms" in parsed) return parsed.ms;
  throw new UsageError(`${flag} ${parsed.problem}`);
}

/** Days may be more than a timer can hold. */
function parseLongDuration(value: string) {
  const days = Number(/^(\d{1,5})d$/.exec(value)?.[1] ?? 0);
  return days === 0 ? parseDuration(value) : { ms: days * 86_400_000 };
}

async function tell(answer: ReturnType<Run<Command>>): Promise<number> {
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
