import { parseForeignJson } from "../core/foreign.ts";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { defineSentinel, type Sentinel, SentinelConfigError, type SentinelOptions } from "./definition.ts";

const duration = z.union([z.string(), z.number()]);
const text = z.string().trim().min(1);
const rowShape = { id: text.optional(), at: text.optional() };

const count = z.union([
  z.strictObject({
    files: text,
    cwd: text.optional(),
    minBytes: z.int().min(1).optional(),
    dateInName: text.optional(),
  }),
  z.strictObject({ rows: z.strictObject({ database: text, query: text, ...rowShape }) }),
  z.strictObject({
    http: z.strictObject({
      url: z.url({ protocol: /^https?$/ }),
      headers: z.record(z.string(), z.string()).optional(),
      items: text.optional(),
      ...rowShape,
    }),
  }),
  z.strictObject({ ledger: text }),
]);

const alerts = z
  .array(
    z.union([
      z.strictObject({ command: text }),
      z.strictObject({
        webhook: z.union([z.url({ protocol: /^https?$/ }), z.strictObject({ env: text })]),
        headers: z.record(z.string(), z.string()).optional(),
      }),
      z.strictObject({ stdout: z.literal(true) }),
    ]),
  )
  .min(1);

const maintenance = z.array(z.strictObject({ from: text, to: text }));

const sentinel = z.strictObject({
  name: text,
  every: duration.optional(),
  window: duration,
  grace: duration.optional(),
  unknownGrace: duration.optional(),
  min: z.number().optional(),
  count,
  deadline: duration.optional(),
  alertAfter: z.number().optional(),
  recoverAfter: z.number().optional(),
  realertEvery: duration.optional(),
  maintenance: maintenance.optional(),
  alerts: alerts.optional(),
  call: text.optional(),
});

const configuration = z.strictObject({
  $schema: z.string().optional(),
  /** For sentinels without `alerts` of their own. */
  alerts: alerts.optional(),
  /** For all sentinels, in addition to their own. */
  maintenance: maintenance.optional(),
  sentinels: z.array(sentinel).min(1),
});

/**
 * Reads sentinels from a configuration file (JSON). Relative paths in it start from its folder.
 *
 * @throws SentinelConfigError `invalid_config` with every problem at once
 */
export async function readConfig(file: string): Promise<Sentinel[]> {
  const where = `Invalid configuration ${file}`;
  const json = await readJson(file, where);
  const parsed = configuration.safeParse(json);
  const problems = parsed.success ? [] : describeIssues(parsed.error.issues);
  const { alerts: toAll, maintenance: forAll, sentinels: entries } = sharedOf(json);
  problems.push(...repeatedNames(entries));
  // Also after other problems, so that one run reports all of them.
  const sentinels = entries.flatMap((raw, index) => {
    const entry = sentinel.safeParse(raw);
    if (!entry.success) return [];
    try {
      return [
        defineSentinel({
          ...entry.data,
          count: resolvePaths(entry.data.count, path.dirname(path.resolve(file))),
          alerts: entry.data.alerts ?? toAll,
          maintenance: [...(entry.data.maintenance ?? []), ...(forAll ?? [])],
        }),
      ];
    } catch (error) {
      if (!(error instanceof SentinelConfigError)) throw error;
      problems.push(
        ...error.problems.map((problem) => `sentinels[${index}] (${entry.data.name}): ${problem}`),
      );
      return [];
    }
  });
  if (problems.length > 0) throw new SentinelConfigError(where, problems);
  return sentinels;
}

/** The valid parts of a configuration that has problems elsewhere. */
function sharedOf(json: unknown) {
  const part = z
    .object({
      alerts: alerts.optional().catch(undefined),
      maintenance: maintenance.optional().catch(undefined),
      sentinels: z.array(z.unknown()).catch([]),
    })
    .safeParse(json);
  return part.data ?? { alerts: undefined, maintenance: undefined, sentinels: [] };
}

async function readJson(file: string, where: string): Promise<unknown> {
  try {
    return parseForeignJson(await readFile(file, "utf8"));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new SentinelConfigError(where, [
      code === undefined ? `it is not JSON: ${message}` : `it cannot be read (${code})`,
    ]);
  }
}

function resolvePaths(entry: z.infer<typeof count>, folder: string): SentinelOptions["count"] {
  if ("files" in entry) return { ...entry, cwd: path.resolve(folder, entry.cwd ?? ".") };
  if ("rows" in entry) {
    return { rows: { ...entry.rows, database: path.resolve(folder, entry.rows.database) } };
  }
  return entry;
}

function repeatedNames(entries: readonly unknown[]): string[] {
  const names = entries.map((entry) => (entry as { readonly name?: unknown } | null)?.name);
  const repeated = names.filter((name, index) => typeof name === "string" && names.indexOf(name) !== index);
  return [...new Set(repeated)].map((name) => `the name ${JSON.stringify(name)} is used more than once`);
}

type Issue = z.core.$ZodIssue;

/** One sentence for each problem, with its place. Of a union it reports only the closest alternative. */
function describeIssues(issues: readonly Issue[], at: readonly PropertyKey[] = []): string[] {
  return issues.flatMap((issue) => {
    const here = [...at, ...issue.path];
    if (issue.code === "invalid_union" && issue.errors.length > 0) {
      return describeIssues(closest(issue.errors), here);
    }
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => `${show([...here, key])} is not an option`);
    }
    return [`${show(here) || "it"}: ${issue.message}`];
  });
}

/** The alternative that the entry comes closest to: its key is there, and a problem is inside it. */
function closest(alternatives: readonly (readonly Issue[])[]): readonly Issue[] {
  const score = (issues: readonly Issue[]) =>
    issues.reduce(
      (sum, { code, path: at }) => sum + (code === "unrecognized_keys" ? 2 : at.length > 1 ? 0 : 3),
      0,
    );
  return alternatives.toSorted((one, other) => score(one) - score(other))[0] ?? [];
}

const show = (at: readonly PropertyKey[]) =>
  at
    .map((part, index) =>
      typeof part === "number" ? `[${part}]` : `${index === 0 ? "" : "."}${String(part)}`,
    )
    .join("");
