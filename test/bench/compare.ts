import { differences, type Figures, type MeasuredPart } from "./figures.ts";
import type { BenchTable } from "./part.ts";

/** From here on a worse ratio is a regression. */
const WORSE = 1.25;

export interface Change {
  readonly part: string;
  readonly table: string;
  readonly ratio: string;
  readonly before: number;
  readonly now: number;
}

export interface Comparison {
  /** Why the two runs say little about each other. To be said first. */
  readonly doubts: readonly string[];
  readonly worse: readonly Change[];
  readonly better: readonly Change[];
  /** What only one of the two runs has: parts, tables, rows, columns, ratios. */
  readonly gone: readonly string[];
  readonly added: readonly string[];
  readonly compared: number;
}

/** Compares the ratios of the parts that were measured now with the same ones of then. */
export function compareFigures(then: Figures, now: Figures): Comparison {
  const names = new Set(now.parts.map(({ name }) => name));
  const former = then.parts.filter(({ name }) => names.has(name));
  const doubts = differences(then.machine, now.machine);
  for (const part of now.parts) {
    const effort = former.find(({ name }) => name === part.name)?.effort;
    if (effort !== undefined && effort !== part.effort) {
      doubts.push(`${part.name}: a ${effort} run then, a ${part.effort} run now`);
    }
  }
  const [placesThen, placesNow] = [places(former), places(now.parts)];
  const changes = changesOf(former, now.parts);
  return {
    doubts,
    worse: changes.filter(isWorse),
    better: changes.filter(({ before, now: value }) => isWorse({ before: value, now: before })),
    gone: withoutParents(placesThen.filter((place) => !placesNow.includes(place))),
    added: withoutParents(placesNow.filter((place) => !placesThen.includes(place))),
    compared: changes.length,
  };
}

/** What is worse in two runs in a row; of the two, the better value counts. */
export const confirmed = (first: readonly Change[], second: readonly Change[]): Change[] =>
  first.flatMap((change) => {
    const same = second.find(({ table, ratio }) => table === change.table && ratio === change.ratio);
    return same === undefined ? [] : [{ ...change, now: Math.min(change.now, same.now) }];
  });

const isWorse = ({ before, now }: { readonly before: number; readonly now: number }) =>
  now > before && now >= before * WORSE;

function changesOf(former: readonly MeasuredPart[], parts: readonly MeasuredPart[]): Change[] {
  const tables = former.flatMap((part) => part.tables);
  return parts.flatMap((part) =>
    part.tables.flatMap((table) => {
      const old = tables.find(({ id }) => id === table.id);
      return table.ratios.flatMap(({ name, value }) => {
        const before = old?.ratios.find((ratio) => ratio.name === name)?.value;
        if (before === undefined || !(before >= 0) || !Number.isFinite(value)) return [];
        return [{ part: part.name, table: table.id, ratio: name, before, now: value }];
      });
    }),
  );
}

const SEPARATOR = " › ";

/** The places of a run, from its parts to its rows. */
const places = (parts: readonly MeasuredPart[]): string[] =>
  parts.flatMap(({ name, tables }) => [name, ...tables.flatMap((table) => placesIn(name, table))]);

function placesIn(part: string, { id, rows, columns, ratios }: BenchTable): string[] {
  const table = [part, id].join(SEPARATOR);
  const within = [
    ...rows.map(({ name }) => `row "${name}"`),
    ...columns.map((column) => `column "${column.id}"`),
    ...ratios.map(({ name }) => `ratio "${name}"`),
  ];
  return [table, ...within.map((place) => [table, place].join(SEPARATOR))];
}

/** Of a table that is gone, its rows need no word. */
const withoutParents = (found: readonly string[]): string[] =>
  found.filter((place) => !found.some((other) => place.startsWith(`${other}${SEPARATOR}`)));

/** The comparison in words. */
export function told({ doubts, worse, better, gone, added, compared }: Comparison): string {
  const change = ({ table, ratio, before, now }: Change) =>
    `${table}: ${ratio}: ${before.toFixed(2)} then, ${now.toFixed(2)} now`;
  const list = (head: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [`${head}:`, ...lines.map((line) => `- ${line}`), ""];
  const count = compared === 1 ? "1 ratio" : `${compared} ratios`;
  return [
    ...list("The two runs differ, so their figures say less about the change", doubts),
    ...list("Worse by a quarter or more", worse.map(change)),
    ...list("Better by a quarter or more", better.map(change)),
    ...list("No longer measured", gone),
    ...list("Newly measured", added),
    `${count} compared, ${worse.length === 0 ? "none" : worse.length} worse by a quarter or more.`,
  ].join("\n");
}
