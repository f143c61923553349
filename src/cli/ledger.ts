import { parseArgs } from "node:util";
import { parseDuration } from "../core/duration.ts";
import { LedgerError } from "../database/errors.ts";
import { requireLedger } from "../database/existing.ts";
import { openLedger } from "../ledger/open.ts";
import type { OperationState } from "../ledger/operation/state.ts";
import type { LedgerStore } from "../ledger/store/store.ts";
import { wholeNumber } from "./call-options.ts";
import { EXIT } from "./exit-code.ts";
import { jsonOf, tableOf } from "./ledger-list.ts";
import { notFound, resolve } from "./ledger-resolve.ts";
import { describeHistory } from "./ledger-show.ts";
import { print } from "./print.ts";
import { refuseArguments, UsageError } from "./usage.ts";
import { visibleJson } from "./visible.ts";

const STATES: readonly string[] = [
  "reserved",
  "started",
  "succeeded",
  "failed",
  "in_doubt",
] satisfies OperationState[];

const FLAGS = {
  ledger: { type: "string" },
  json: { type: "boolean", default: false },
  state: { type: "string" },
  name: { type: "string" },
  "older-than": { type: "string" },
  limit: { type: "string", default: "100" },
  as: { type: "string" },
  by: { type: "string" },
  why: { type: "string" },
  force: { type: "boolean", default: false },
  retention: { type: "string", default: "30d" },
  tombstone: { type: "string", default: "90d" },
} as const;

type Flags = ReturnType<typeof parse>["flags"];

interface Verb {
  /** Its own flags, beside --ledger. Another verb's would be a filter that is not heeded. */
  readonly flags: readonly (keyof typeof FLAGS)[];
  readonly takesRef: boolean;
  /** @returns the text for stdout, in parts, or an exit code after a sentence on stderr */
  run(store: LedgerStore, flags: Flags, ref: string): AsyncIterable<string> | Promise<string | number>;
}

const VERBS: Readonly<Record<string, Verb>> = {
  list: { flags: ["state", "name", "older-than", "limit", "json"], takesRef: false, run: list },
  show: { flags: ["name", "json"], takesRef: true, run: show },
  resolve: {
    flags: ["as", "by", "why", "name", "force"],
    takesRef: true,
    run: (store, flags, ref) => resolve(store, ref, flags),
  },
  prune: { flags: ["retention", "tombstone", "json"], takesRef: false, run: prune },
};

/** `hardcall ledger list | show <call or key> | resolve <call or key> --as … --by … --why … | prune` */
export async function main(argv: string[]): Promise<number> {
  const { flags, verb, ref } = parse(argv);
  try {
    requireLedger(flags.ledger);
    const store = await openLedger(flags.ledger);
    try {
      return await tell(verb.run(store, flags, ref));
    } finally {
      await store.close();
    }
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    process.stderr.write(`hardcall: ${error.message}\n`);
    return error.code === "invalid_config" ? EXIT.usage : EXIT.ledger;
  }
}

function parse(argv: string[]) {
  const { values: flags, positionals, tokens } = parseStrictly(argv);
  const [name = "", ref, ...more] = positionals;
  const verb = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
  if (verb === undefined)
    throw new UsageError("give one of: ledger list, ledger show, ledger resolve, ledger prune");
  const extra = verb.takesRef ? more : [ref, ...more].filter((word) => word !== undefined);
  refuseArguments(extra);
  if (verb.takesRef && ref === undefined) throw new UsageError("say which call: its id, or its key");
  const allowed: readonly string[] = ["ledger", ...verb.flags];
  const alien = tokens.find((token) => token.kind === "option" && !allowed.includes(token.name));
  if (alien?.kind === "option") {
    const scope = name === "prune" ? ", which works on every call" : "";
    throw new UsageError(`--${alien.name} is no option of ledger ${name}${scope}`);
  }
  return { flags, verb, ref: ref ?? "" };
}

function parseStrictly(argv: string[]) {
  try {
    return parseArgs({ args: argv, options: FLAGS, allowPositionals: true, tokens: true });
  } catch (error) {
    throw new UsageError((error as Error).message.split("\n")[0]);
  }
}

function list(store: LedgerStore, flags: Flags): AsyncIterable<string> {
  if (flags.state !== undefined && !STATES.includes(flags.state)) {
    throw new UsageError(`--state is ${JSON.stringify(flags.state)}; give one of ${STATES.join(", ")}`);
  }
  const limit = wholeNumber("--limit", flags.limit);
  if (limit < 1) throw new UsageError(`--limit is ${flags.limit}; give 1 or more`);
  const olderThan = flags["older-than"];
  const filter = {
    state: flags.state as OperationState | undefined,
    name: flags.name,
    olderThanMs: olderThan === undefined ? undefined : milliseconds("--older-than", olderThan),
  };
  return (flags.json ? jsonOf : tableOf)(store, filter, limit);
}

async function show(store: LedgerStore, flags: Flags, ref: string): Promise<string | number> {
  const found = await store.show({ callIdOrKey: ref, name: flags.name });
  if (found.length === 0) return notFound(ref);
  return flags.json ? visibleJson(found, 2) : found.map(describeHistory).join("\n");
}

async function prune(store: LedgerStore, flags: Flags): Promise<string> {
  const retentionMs = milliseconds("--retention", flags.retention);
  const tombstoneMs = milliseconds("--tombstone", flags.tombstone);
  const { tombstoned, deleted } = await store.prune({ retentionMs, tombstoneMs });
  if (flags.json) return visibleJson({ tombstoned, deleted }, 2);
  return `${tombstoned} values were dropped and their keys are still remembered; ${deleted} operations were forgotten`;
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

async function tell(answer: ReturnType<Verb["run"]>): Promise<number> {
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
