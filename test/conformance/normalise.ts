import { fileURLToPath } from "node:url";

const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url)).replace(/[/\\]$/, "");

/** What is different in every run, and how to recognise it. */
export interface Surroundings {
  readonly home: string;
  readonly cwd: string;
  readonly gateway: string;
  /** The version that this CLI says it is. */
  readonly version: string;
}

/** What of an agent's output differs from run to run, beside what the surroundings tell. */
export interface Rules {
  /** Applied in this order to texts, also to those within values. */
  readonly texts: readonly (readonly [RegExp, string])[];
  /** Keys of lists of which only it is compared whether there is anything in them. */
  readonly lists: ReadonlySet<string>;
  /** Keys whose text is another in each run, and what stands for it. */
  readonly strings?: Readonly<Record<string, string>>;
  /** What stands for the number at that key: itself when it is the same in each run. */
  number(key: string, value: number): unknown;
  /** Whether a lone event is how a stream begins, not the one object of the json format. */
  isBeginning(event: Readonly<Record<string, unknown>>): boolean;
}

/** What was printed, in the form it has: events a line, one value, or text. */
export type Printed =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "events"; readonly events: readonly unknown[] };

/** Reads and normalises stdout. An array is what claude's `--output-format json` gives with `--verbose`: events. */
export function readPrinted(stdout: string, surroundings: Surroundings, rules: Rules): Printed {
  const clean = (value: unknown) => normaliseValue(value, surroundings, rules);
  const whole = parseJson(stdout);
  if (Array.isArray(whole)) return { kind: "events", events: whole.map(clean) };
  // A lone object is the json format, over one line or many, unless it is how a stream begins.
  if (isRecord(whole) && !rules.isBeginning(whole)) return { kind: "value", value: clean(whole) };
  const values = stdout
    .split("\n")
    .filter((line) => line !== "")
    .map(parseJson);
  if (values.length > 0 && values.every(isRecord)) return { kind: "events", events: values.map(clean) };
  return { kind: "text", text: normaliseText(stdout, surroundings, rules) };
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // then it is text
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

export function normaliseText(text: string, surroundings: Surroundings, rules: Rules): string {
  const { home, cwd, gateway, version } = surroundings;
  const general = text
    .replaceAll(version, "<version>")
    .replaceAll(gateway, "<gateway>")
    .replaceAll(new URL(gateway).host, "<gateway>")
    .replaceAll(cwd, "<cwd>")
    .replaceAll(home, "<home>")
    .replaceAll(REPOSITORY, "<repository>")
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, "<uuid>")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>");
  return rules.texts.reduce((said, [pattern, stands]) => said.replaceAll(pattern, stands), general);
}

function normaliseValue(value: unknown, surroundings: Surroundings, rules: Rules, key = ""): unknown {
  if (typeof value === "string") return rules.strings?.[key] ?? normaliseText(value, surroundings, rules);
  if (typeof value === "number") return rules.number(key, value);
  if (Array.isArray(value)) {
    if (rules.lists.has(key) && value.length > 0) return ["<list>"];
    return value.map((item) => normaliseValue(item, surroundings, rules));
  }
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, normaliseValue(item, surroundings, rules, name)]),
  );
}
