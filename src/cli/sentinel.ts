import { LedgerError } from "../database/errors.ts";
import { explainVerdict } from "../sentinel/alert.ts";
import { SentinelConfigError } from "../sentinel/definition.ts";
import type { Pass } from "../sentinel/pass.ts";
import { formatSpan } from "../sentinel/span.ts";
import type { SentinelStatus } from "../sentinel/status.ts";
import { EXIT } from "./interface/exit-code.ts";
import type { ValuesOf } from "./interface/command.ts";
import { parse } from "./interface/parse.ts";
import { SENTINEL_CHECK, SENTINEL_STATUS } from "./interface/sentinel.ts";
import { UsageError } from "./interface/usage-error.ts";
import { exitCodeAfter, print } from "./print.ts";
import { table } from "./table.ts";

/** `hardcall sentinel check --config FILE` for cron, and `hardcall sentinel status` to watch cron itself. */
export async function main([verb, ...args]: string[]): Promise<number> {
  try {
    return verb === "check"
      ? await check(parse(SENTINEL_CHECK, args).values())
      : await status(parse(SENTINEL_STATUS, args).values());
  } catch (error) {
    if (!(error instanceof LedgerError) && !(error instanceof SentinelConfigError)) throw error;
    process.stderr.write(`hardcall: ${error.message}\n`);
    return error.code === "invalid_config" ? EXIT.usage : EXIT.ledger;
  }
}

async function check({ config, ledger, json }: ValuesOf<(typeof SENTINEL_CHECK)["groups"]>): Promise<number> {
  if (config === undefined)
    throw new UsageError("--config is missing; name the JSON file that defines the sentinels");
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
  process.exit(await exitCodeAfter(isOk ? EXIT.ok : EXIT.notOk));
}

function passTable({ at, sentinels }: Pass): string {
  return table(
    ["VERDICT", "SENTINEL", "FOUND", "DUE", "WHY"],
    sentinels.map((sentinel) => [
      sentinel.verdict,
      sentinel.name,
      sentinel.found === undefined ? "?" : `${sentinel.found}/${sentinel.min}`,
      due(sentinel.dueAt, at),
      `${explainVerdict(sentinel, sentinel, at)}${sentinel.isInMaintenance ? " (maintenance)" : ""}`,
    ]),
  );
}

async function status({ ledger, json }: ValuesOf<(typeof SENTINEL_STATUS)["groups"]>): Promise<number> {
  const { sentinelStatus } = await import("../sentinel/status.ts");
  const found = await sentinelStatus({ ledger });
  void print(`${json ? JSON.stringify(found, null, 2) : describeStatus(found)}\n`);
  return found.isAlive ? EXIT.ok : EXIT.notOk;
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
    explainVerdict({ min, window }, { found, lastAt, reason }, now),
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
