import { parseArgs } from "node:util";
import { LedgerError } from "../database/errors.ts";
import { explain } from "../sentinel/alert.ts";
import { SentinelConfigError } from "../sentinel/definition.ts";
import type { Pass } from "../sentinel/pass.ts";
import { formatSpan } from "../sentinel/span.ts";
import type { SentinelStatus } from "../sentinel/status.ts";
import { EXIT } from "./exit-code.ts";
import { exitCodeAfter, print } from "./print.ts";
import { table } from "./table.ts";
import { refuseArguments, UsageError } from "./usage.ts";

const FLAGS = {
  config: { type: "string" },
  ledger: { type: "string" },
  json: { type: "boolean", default: false },
} as const;

/** A sentinel is not ok, or the checks themselves have stopped. */
const NOT_OK = 1;

/** `hardcall sentinel check --config FILE` for cron, and `hardcall sentinel status` for whoever watches cron. */
export async function main(argv: string[]): Promise<number> {
  const { values: flags, positionals } = parse(argv);
  const [verb, ...more] = positionals;
  refuseArguments(more);
  try {
    if (verb === "check") return await check(flags);
    if (verb === "status") return await status(flags);
  } catch (error) {
    if (!(error instanceof LedgerError) && !(error instanceof SentinelConfigError)) throw error;
    process.stderr.write(`hardcall: ${error.message}\n`);
    return error.code === "invalid_config" ? EXIT.usage : EXIT.ledger;
  }
  throw new UsageError("give one of: sentinel check, sentinel status");
}

type Flags = ReturnType<typeof parse>["values"];

function parse(argv: string[]) {
  try {
    return parseArgs({ args: argv, options: FLAGS, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message.split("\n")[0]);
  }
}

async function check({ config, ledger, json }: Flags): Promise<number> {
  if (config === undefined) throw new UsageError("--config is missing; name the file with the sentinels");
  const { readConfig } = await import("../sentinel/config.ts");
  const { checkSentinels } = await import("../sentinel/pass.ts");
  const { sourceOf } = await import("../sentinel/source.ts");
  const sentinels = await readConfig(config);
  const pass = await checkSentinels(sentinels, {
    ledger,
    source: sourceOf(config),
    // With --json stdout is for the machine.
    print: json ? (line) => void process.stderr.write(`${line}\n`) : printAlert,
  });
  for (const sentence of pass.undelivered) process.stderr.write(`hardcall: ${sentence}\n`);
  if (pass.waiting > 0) process.stderr.write(`hardcall: ${pass.waiting} alerts wait to be delivered again\n`);
  void print(`${json ? JSON.stringify(pass, null, 2) : passTable(pass)}\n`);
  const isOk = pass.undelivered.length === 0 && pass.sentinels.every(({ verdict }) => verdict === "ok");
  // Not left to the event loop: a count that ignored its deadline may still be looking.
  process.exit(await exitCodeAfter(isOk ? EXIT.ok : NOT_OK));
}

function passTable({ at, sentinels }: Pass): string {
  return table(
    ["VERDICT", "SENTINEL", "FOUND", "DUE", "WHY"],
    sentinels.map((sentinel) => [
      sentinel.verdict,
      sentinel.name,
      sentinel.found === undefined ? "?" : `${sentinel.found}/${sentinel.min}`,
      due(sentinel.dueAt, at),
      `${explain(sentinel, sentinel, at)}${sentinel.isInMaintenance ? " (maintenance)" : ""}`,
    ]),
  );
}

async function status({ ledger, json }: Flags): Promise<number> {
  const { sentinelStatus } = await import("../sentinel/status.ts");
  const found = await sentinelStatus({ ledger });
  void print(`${json ? JSON.stringify(found, null, 2) : describeStatus(found)}\n`);
  return found.isAlive ? EXIT.ok : NOT_OK;
}

function describeStatus({ now, passes, sentinels, undelivered }: SentinelStatus): string {
  if (passes.length === 0) return "No sentinel was ever checked with this ledger.";
  const lines = passes.map(({ source, at, dueMs, isOverdue, checked, notOk }) => {
    const when =
      at === undefined
        ? "never checked in full"
        : `last checked in full ${new Date(at).toISOString()} (${formatSpan(Math.max(0, now - at))} ago): ${checked} sentinels, ${notOk} not ok`;
    return `${isOverdue ? "OVERDUE" : "ok"}  ${source}: ${when}${isOverdue ? `; due every ${formatSpan(dueMs / 2)}` : ""}`;
  });
  if (undelivered > 0) lines.push(`${undelivered} alerts wait to be delivered`);
  const rows = sentinels.map(({ verdict, name, found, min, dueAt, alarm, window, lastAt, reason }) => [
    verdict ?? "unchecked",
    name,
    found === undefined ? "?" : `${found}/${min}`,
    due(dueAt, now),
    alarm ? "yes" : "",
    explain({ min, window }, { found, lastAt, reason }, now),
  ]);
  return [...lines, "", table(["VERDICT", "SENTINEL", "FOUND", "DUE", "ALARM", "WHY"], rows)].join("\n");
}

function due(dueAt: number | undefined, now: number): string {
  if (dueAt === undefined) return "?";
  return dueAt > now ? `in ${formatSpan(dueAt - now)}` : `${formatSpan(now - dueAt)} ago`;
}

/** An alert that could not be printed has not been delivered. */
async function printAlert(line: string): Promise<void> {
  if (await print(`${line}\n`)) return;
  const { DeliveryError } = await import("../sentinel/channels.ts");
  throw new DeliveryError("stdout could not be written");
}
