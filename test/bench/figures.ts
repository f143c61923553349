import * as z from "zod";
import type { BenchTable, Effort } from "./part.ts";

/** What must be the same for two runs to be compared. */
export interface Machine {
  readonly system: string;
  readonly processor: string;
  readonly memoryGb: number;
  readonly node: string;
}

export interface MeasuredPart {
  readonly name: string;
  readonly title: string;
  readonly effort: Effort;
  /** The day, as in 2026-11-22. */
  readonly day: string;
  /** The load average when it began, where it is known. */
  readonly load?: number;
  readonly seconds: number;
  readonly tables: readonly BenchTable[];
}

/** What `--json` writes and `--compare` reads. */
export interface Figures {
  readonly version: 1;
  readonly machine: Machine;
  /** Versions of what takes part. */
  readonly packages: Readonly<Record<string, string>>;
  readonly parts: readonly MeasuredPart[];
}

const NAMED = z.looseObject({ name: z.string() });
/** JSON has null for a ratio that is no number. */
const RATIO = z.looseObject({ name: z.string(), value: z.number().nullable() });
const TABLE = z.looseObject({
  id: z.string(),
  columns: z.array(z.looseObject({ id: z.string() })),
  rows: z.array(NAMED),
  ratios: z.array(RATIO),
});
/** What a comparison reads: without a check it would fail only after minutes of measuring. */
const FIGURES = z.looseObject({
  version: z.literal(1),
  machine: z.looseObject({}),
  parts: z.array(z.looseObject({ name: z.string(), tables: z.array(TABLE) })),
});

/** @returns the figures, or what is wrong with the text, as the end of a sentence */
export function parseFigures(text: string): Figures | { readonly wrong: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { wrong: "is no JSON" };
  }
  return FIGURES.safeParse(value).success
    ? (value as Figures)
    : { wrong: "holds no figures that --json wrote" };
}

/** The older figures with the newer ones in their places. A part that is not in `order` is no part any more. */
export function merged(older: Figures | undefined, newer: Figures, order: readonly string[]): Figures {
  const kept = older?.parts.filter(({ name }) => !newer.parts.some((part) => part.name === name)) ?? [];
  const parts = [...kept, ...newer.parts]
    .filter(({ name }) => order.includes(name))
    .toSorted((one, other) => order.indexOf(one.name) - order.indexOf(other.name));
  return { ...newer, parts };
}

/** Why figures of two runs say little about each other; none for a run beside another. */
export function differences(one: Machine, other: Machine): string[] {
  const keys = ["system", "processor", "memoryGb", "node"] as const;
  return keys
    .filter((key) => one[key] !== other[key])
    .map((key) => `${WORDS[key]}: ${one[key]} then, ${other[key]} now`);
}

const WORDS = { system: "system", processor: "processor", memoryGb: "memory in GB", node: "Node" } as const;
