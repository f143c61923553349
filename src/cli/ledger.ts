import { parseArgs } from "node:util";
import { formatDuration, parseDuration } from "../call/duration.ts";
import { LedgerError } from "../ledger/errors.ts";
import { openLedger } from "../ledger/open.ts";
import type { Operation, OperationState } from "../ledger/state.ts";
import type { LedgerStore, OperationHistory } from "../ledger/store.ts";
import { wholeNumber } from "./call-options.ts";
import { EXIT } from "./exit-code.ts";
import { table } from "./table.ts";
import { UsageError } from "./usage.ts";

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
  retention: { type: "string", default: "30d" },
  tombstone: { type: "string", default: "90d" },
} as const;

type Flags = ReturnType<typeof parse>["values"];

/** `hardcall ledger list | show <call or key> | resolve <call or key> --as … --by … --why … | prune` */
export async function main(argv: string[]): Promise<number> {
  const { values: flags, positionals } = parse(argv);
  const [verb, ref, ...more] = positionals;
  if (more.length > 0) throw new UsageError(`${JSON.stringify(more[0])} is one word too many`);
  const store = await openOrExplain(flags.ledger);
  if (typeof store === "number") return store;
  try {
    switch (verb) {
      case "list":
        return await list(store, flags);
      case "show":
        return await show(store, need(ref), flags);
      case "resolve":
        return await resolve(store, need(ref), flags);
      case "prune":
        return await prune(store, flags);
      default:
        throw new UsageError("give one of: ledger list, ledger show, ledger resolve, ledger prune");
    }
  } finally {
    await store.close();
  }
}

function parse(argv: string[]) {
  try {
    return parseArgs({ args: argv, options: FLAGS, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message.split("\n")[0]);
  }
}

async function openOrExplain(path: string | undefined): Promise<LedgerStore | number> {
  try {
    return await openLedger(path);
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    process.stderr.write(`hardcall: ${error.message}\n`);
    return error.code === "invalid_config" ? EXIT.usage : EXIT.ledger;
  }
}

async function list(store: LedgerStore, flags: Flags): Promise<number> {
  if (flags.state !== undefined && !STATES.includes(flags.state)) {
    throw new UsageError(`--state is ${JSON.stringify(flags.state)}; give one of ${STATES.join(", ")}`);
  }
  const olderThan = flags["older-than"];
  const operations = await store.list({
    state: flags.state as OperationState | undefined,
    name: flags.name,
    olderThanMs: olderThan === undefined ? undefined : milliseconds("--older-than", olderThan),
    limit: wholeNumber("--limit", flags.limit),
  });
  if (flags.json) return printJson(operations);
  const now = Date.now();
  print(
    table(
      ["STATE", "NAME", "KEY", "ATTEMPTS", "CODE", "AGE", "CALL"],
      operations.map((operation) => [
        operation.state,
        operation.name,
        operation.key,
        String(operation.attempts),
        operation.code ?? "",
        age(now, lastChange(operation)),
        operation.callId,
      ]),
    ),
  );
  return EXIT.ok;
}

async function show(store: LedgerStore, ref: string, flags: Flags): Promise<number> {
  const found = await store.show({ callIdOrKey: ref, name: flags.name });
  if (found.length === 0) return notFound(ref);
  if (flags.json) return printJson(found);
  print(found.map((history) => describe(history)).join("\n"));
  return EXIT.ok;
}

async function resolve(store: LedgerStore, ref: string, flags: Flags): Promise<number> {
  const { as, by, why } = flags;
  if (as !== "done" && as !== "absent") {
    throw new UsageError("--as is missing; give done (it happened) or absent (it did not)");
  }
  if (!by?.trim() || !why?.trim())
    throw new UsageError("give --by (who looked) and --why (what was found); both are kept");
  const found = await store.show({ callIdOrKey: ref, name: flags.name });
  const [only, ...others] = found;
  if (only === undefined) return notFound(ref);
  if (others.length > 0) {
    const names = found.map(({ record }) => record.name).join(", ");
    throw new UsageError(`${JSON.stringify(ref)} fits several calls (${names}); say which with --name`);
  }
  const answer = await store.resolve(only.record, { as, by, why });
  if (answer?.kind === "resolved") {
    print(`${only.record.name} ${only.record.key}: resolved as ${as}; it is now ${answer.record.state}`);
    return EXIT.ok;
  }
  const state =
    answer?.kind === "in_progress"
      ? "in progress; wait for its end"
      : `${answer?.record.state ?? "gone"}, not in doubt`;
  process.stderr.write(
    `hardcall: nothing was resolved: ${only.record.name} ${only.record.key} is ${state}\n`,
  );
  return EXIT.elsewhere;
}

async function prune(store: LedgerStore, flags: Flags): Promise<number> {
  const retentionMs = milliseconds("--retention", flags.retention);
  const tombstoneMs = milliseconds("--tombstone", flags.tombstone);
  const { tombstoned, deleted } = await store.prune({ retentionMs, tombstoneMs });
  if (flags.json) return printJson({ tombstoned, deleted });
  print(
    `${tombstoned} values were dropped and their keys are still remembered; ${deleted} operations were forgotten`,
  );
  return EXIT.ok;
}

function describe({ record, attempts, resolutions }: OperationHistory): string {
  const lines = [
    `${record.name}  ${record.key}`,
    `  state    ${record.state}${record.settledBy === undefined ? "" : ` (by ${record.settledBy})`}`,
    `  effects  ${record.effects}; of the effect is known: ${record.effect}`,
    `  call     ${record.callId}`,
    `  value    ${record.value.kept}${"bytes" in record.value ? `, ${record.value.bytes} bytes` : ""}`,
  ];
  for (const [index, attempt] of attempts.entries()) {
    const { code, effect, exitCode, signal, stdoutBytes, stdoutSha256, stderrTail, endedAt, startedAt } =
      attempt;
    const ended =
      endedAt === undefined
        ? "no end recorded"
        : `${code ?? "succeeded"}, effect ${effect ?? "unknown"}, after ${formatDuration(endedAt - startedAt)}`;
    lines.push(
      `  attempt ${index + 1}${attempt.late ? " (late)" : ""}: ${new Date(startedAt).toISOString()}  ${ended}`,
    );
    if (exitCode !== undefined) lines.push(`    exit code ${exitCode}`);
    if (signal !== undefined) lines.push(`    signal ${signal}`);
    if (stdoutBytes !== undefined)
      lines.push(`    stdout ${stdoutBytes} bytes, sha256 ${stdoutSha256 ?? "unknown"}`);
    if (stderrTail)
      lines.push(
        `    stderr, its end:`,
        ...stderrTail
          .trimEnd()
          .split("\n")
          .slice(-10)
          .map((line) => `      ${line}`),
      );
  }
  for (const { at, answer, by, why } of resolutions) {
    lines.push(
      `  looked at ${new Date(at).toISOString()} by ${by}: ${answer}${why === "" ? "" : ` (${why})`}`,
    );
  }
  return lines.join("\n");
}

function milliseconds(flag: string, value: string): number {
  const parsed = parseLongDuration(value);
  if ("ms" in parsed) return parsed.ms;
  throw new UsageError(`${flag} ${parsed.problem}`);
}

/** Days may be more than a timer can hold. */
function parseLongDuration(value: string) {
  const days = /^(\d{1,5})d$/.exec(value)?.[1];
  return days === undefined ? parseDuration(value) : { ms: Number(days) * 86_400_000 };
}

function need(ref: string | undefined): string {
  if (ref === undefined) throw new UsageError("say which call: its id, or its key");
  return ref;
}

function notFound(ref: string): number {
  process.stderr.write(`hardcall: the ledger knows no call and no key ${JSON.stringify(ref)}\n`);
  return EXIT.calleeFailed;
}

const lastChange = (operation: Operation) =>
  operation.settledAt ?? operation.startedAt ?? operation.createdAt;
const age = (now: number, then: number) => formatDuration(Math.max(0, now - then));
const print = (text: string) => process.stdout.write(`${text}\n`);

function printJson(value: unknown): number {
  print(JSON.stringify(value, null, 2));
  return EXIT.ok;
}
