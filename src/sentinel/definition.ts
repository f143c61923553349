import type { Duration } from "../core/duration.ts";
import { isObject, readOptions, show, type Kinds } from "../core/options.ts";
import { toInstant } from "./count/instant.ts";
import { channelOf, type AlertChannel, type Channel } from "./channels.ts";
import { countHash } from "./count/count-hash.ts";
import type { Count } from "./count/count.ts";
import { files, type FilesCountOptions } from "./count/files.ts";
import { http, type HttpCountOptions } from "./count/http.ts";
import { rows, type RowsCountOptions } from "./count/rows.ts";
import { successes, type SuccessesCountOptions } from "./count/successes.ts";
import type { AlertRules } from "./hysteresis.ts";
import type { Maintenance } from "./maintenance.ts";
import { parseSpan, parseSpanOrNone } from "./span.ts";
import type { Expectation } from "./verdict.ts";

/** What a sentinel counts: files, rows, items of JSON, successes in the ledger, or the artifacts that a function returns. */
export type CountOptions =
  | FilesCountOptions
  | { readonly rows: RowsCountOptions }
  | { readonly http: HttpCountOptions }
  | SuccessesCountOptions
  | Count;

export interface SentinelOptions {
  /** Names it in alerts and in the ledger: `[a-z0-9-]`. */
  readonly name: string;
  /** How often it is checked; `hardcall sentinel status` fails after twice as long. @default "1h" */
  readonly every?: Duration | undefined;
  /** Within this time there must be `min` new artifacts, such as `"48h"`. */
  readonly window: Duration;
  /** How long after the end of the window the alert waits; 0 for no wait. @default "1h" */
  readonly grace?: Duration | undefined;
  /** How long the verdict may be `unknown` before that alerts. @default the value of `grace` */
  readonly unknownGrace?: Duration | undefined;
  /** How many distinct new artifacts a window needs. @default 1 */
  readonly min?: number | undefined;
  readonly count: CountOptions;
  /** How long one count may take; after that the verdict is `unknown`. @default "30s" */
  readonly deadline?: Duration | undefined;
  /** Bad checks in a row before an alert. @default 1 */
  readonly alertAfter?: number | undefined;
  /** Checks in a row that must be ok before the all-clear. @default 1 */
  readonly recoverAfter?: number | undefined;
  /** How often an alert is repeated while the verdict stays bad. @default never */
  readonly realertEvery?: Duration | undefined;
  /** Times in which no artifacts are expected. Each needs an end. */
  readonly maintenance?:
    readonly { readonly from: string | number | Date; readonly to: string | number | Date }[] | undefined;
  /** Where alerts are delivered. @default [{ stdout: true }] */
  readonly alerts?: readonly AlertChannel[] | undefined;
  /** The call that makes these artifacts: the report shows them under its runs. @default the call that `count.ledger` names */
  readonly call?: string | undefined;
}

/** A sentinel whose options have been checked. Durations are in milliseconds. */
export interface Sentinel extends Expectation {
  readonly name: string;
  readonly every: number;
  readonly deadline: number;
  readonly count: Count;
  /** A hash of what is counted. When it changes, the sentinel takes a new baseline. */
  readonly countHash: string;
  readonly rules: AlertRules;
  readonly channels: readonly Channel[];
  readonly call: string | undefined;
}

/** Invalid options or an invalid configuration file. No sentinel was checked. */
export class SentinelConfigError extends Error {
  override readonly name = "SentinelConfigError";
  readonly code = "invalid_config";
  /** Every problem, one sentence each. */
  readonly problems: readonly string[];

  constructor(where: string, problems: readonly string[]) {
    super(`${where}:${problems.map((problem) => `\n- ${problem}`).join("")}`);
    this.problems = problems;
  }
}

/**
 * Defines a sentinel: a check that artifacts keep appearing. It looks at the artifacts themselves, not at the exit code or the log of the
 * job that makes them.
 *
 * @example
 * const posts = defineSentinel({
 *   name: "published-posts",
 *   window: "48h",
 *   count: { rows: { database: "blog.db", query: "SELECT id, published_at AS at FROM posts" } },
 *   alerts: [{ command: "mail -s \"$HARDCALL_ALERT_TITLE\" me@example.org" }],
 * });
 * const { sentinels } = await checkSentinels([posts]);
 *
 * @throws SentinelConfigError `invalid_config` with every problem at once
 */
export function defineSentinel(given: SentinelOptions): Sentinel {
  const problems: string[] = [];
  const options = readOptions<SentinelOptions>(given, SENTINEL_OPTIONS, problems);
  const { name = "" } = options;
  const span = (field: "every" | "window" | "deadline" | "realertEvery", value: unknown) => {
    const parsed = parseSpan(value);
    if ("ms" in parsed) return parsed.ms;
    problems.push(`${field} ${parsed.problem}`);
    return 1;
  };
  const spanOrNone = (field: "grace" | "unknownGrace", value: unknown) => {
    const parsed = parseSpanOrNone(value);
    if ("ms" in parsed) return parsed.ms;
    problems.push(`${field} ${parsed.problem}`);
    return 0;
  };
  const atLeastOne = (field: "min" | "alertAfter" | "recoverAfter") => {
    const value = options[field] ?? 1;
    if (!Number.isInteger(value) || value < 1 || value > 10_000)
      problems.push(`${field} is ${value}; give a whole number from 1 to 10000`);
    return value;
  };
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(name))
    problems.push(`name is ${show(name)}; give up to 64 of a-z, 0-9 and -`);
  if (options.alerts?.length === 0)
    problems.push(
      "alerts is an empty list, so no alert would be delivered; leave it out to print alerts to stdout",
    );
  const grace = spanOrNone("grace", options.grace ?? "1h");
  const sentinel: Sentinel = {
    name,
    every: span("every", options.every ?? "1h"),
    window: span("window", options.window),
    grace,
    unknownGrace:
      options.unknownGrace === undefined ? grace : spanOrNone("unknownGrace", options.unknownGrace),
    min: atLeastOne("min"),
    deadline: span("deadline", options.deadline ?? "30s"),
    maintenance: maintenanceOf(options, problems),
    ...countOf(options.count, problems),
    rules: {
      alertAfter: atLeastOne("alertAfter"),
      recoverAfter: atLeastOne("recoverAfter"),
      realertEvery:
        options.realertEvery === undefined ? undefined : span("realertEvery", options.realertEvery),
    },
    channels: (options.alerts ?? [{ stdout: true }]).flatMap((channel) => channelOf(channel, problems)),
    call: options.call ?? callOf(options.count),
  };
  if (problems.length > 0)
    throw new SentinelConfigError(`Invalid configuration of the sentinel ${show(name)}`, problems);
  return sentinel;
}

const SENTINEL_OPTIONS: Kinds<SentinelOptions> = {
  name: "a string",
  every: "anything",
  window: "anything",
  grace: "anything",
  unknownGrace: "anything",
  min: "a number",
  count: "anything",
  deadline: "anything",
  alertAfter: "a number",
  recoverAfter: "a number",
  realertEvery: "anything",
  maintenance: "a list",
  alerts: "a list",
  call: "a string",
};

function maintenanceOf({ maintenance = [] }: Partial<SentinelOptions>, problems: string[]): Maintenance[] {
  return maintenance.map((given, index) => {
    const { from, to } = isObject(given) ? given : { from: Number.NaN, to: Number.NaN };
    const window = { from: instant(from), to: instant(to) };
    // Also refuses NaN.
    if (!(window.from < window.to))
      problems.push(
        `maintenance[${index}] needs two times, such as 2026-11-20T22:00:00Z, "from" before "to"`,
      );
    return window;
  });
}

/** A number here is milliseconds, as `Date.now()` gives. */
const instant = (value: string | number | Date) => (typeof value === "number" ? value : toInstant(value));

function countOf(count: unknown, problems: string[]): Pick<Sentinel, "count" | "countHash"> {
  try {
    const counting = toCount(count);
    return {
      count: counting,
      countHash: countHash(count),
    };
  } catch (error) {
    problems.push(`count: ${(error as Error).message}`);
    return { count: () => [], countHash: "" };
  }
}

function toCount(count: unknown): Count {
  if (typeof count === "function") return count as Count;
  const given: Readonly<Record<string, unknown>> = isObject(count) ? count : {};
  if (isText(given["files"])) return files(given as unknown as FilesCountOptions);
  if (isObject(given["rows"])) return rows(given["rows"] as unknown as RowsCountOptions);
  if (isObject(given["http"])) return http(given["http"] as unknown as HttpCountOptions);
  if (isText(given["ledger"])) return successes({ ledger: given["ledger"] });
  throw new TypeError("give { files: glob }, { rows: {…} }, { http: {…} }, { ledger: name } or a function");
}

const isText = (value: unknown): value is string => typeof value === "string" && value.trim() !== "";

const callOf = (count: unknown): string | undefined =>
  isObject(count) && typeof count["ledger"] === "string" ? count["ledger"] : undefined;
