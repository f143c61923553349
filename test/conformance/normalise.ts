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

/** What was printed, in the form it has: events a line, one value, or text. */
export type Printed =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "events"; readonly events: readonly unknown[] };

/** Reads and normalises stdout. An array is what `--output-format json` gives with `--verbose`: events. */
export function readPrinted(stdout: string, surroundings: Surroundings): Printed {
  const clean = (value: unknown) => normaliseValue(value, surroundings);
  const whole = parseJson(stdout);
  if (Array.isArray(whole)) return { kind: "events", events: whole.map(clean) };
  const values = stdout
    .split("\n")
    .filter((line) => line !== "")
    .map(parseJson);
  const [first] = values;
  if (!isRecord(first) || !values.every(isRecord)) {
    return { kind: "text", text: normaliseText(stdout, surroundings) };
  }
  // A lone object is the json format, unless it is how a stream begins.
  if (values.length === 1 && first["subtype"] !== "init") return { kind: "value", value: clean(first) };
  return { kind: "events", events: values.map(clean) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // then it is text
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

export function normaliseText(text: string, { home, cwd, gateway, version }: Surroundings): string {
  return text
    .replaceAll(version, "<version>")
    .replaceAll(gateway, "<gateway>")
    .replaceAll(new URL(gateway).host, "<gateway>")
    .replaceAll(cwd, "<cwd>")
    .replaceAll(home, "<home>")
    .replaceAll(REPOSITORY, "<repository>")
    .replaceAll(/\/projects\/[^/]+\//g, "/projects/<project>/")
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, "<uuid>")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>")
    .replaceAll(/\b(msg|req|toolu)_\w+/g, "<$1>")
    .replaceAll(/resets \d[^)]*\(/g, "resets <time> (")
    .replaceAll(/~\d+ tokens —/g, "~<n> tokens —");
}

/** Lists of what an installation happens to offer. Only whether there is anything in them is compared. */
const LISTS = new Set([
  "agents",
  "available_output_styles",
  "capabilities",
  "categories",
  "commands",
  "gridRows",
  "models",
  "plugins",
  "skillFrontmatter",
  "skills",
  "slash_commands",
  "terminal_slash_commands",
  "tools",
]);

function normaliseValue(value: unknown, surroundings: Surroundings, key = ""): unknown {
  if (typeof value === "string") {
    return key === "messaging_socket_path" ? "<socket>" : normaliseText(value, surroundings);
  }
  if (typeof value === "number") return normaliseNumber(key, value);
  if (Array.isArray(value)) {
    if (LISTS.has(key) && value.length > 0) return ["<list>"];
    return value.map((item) => normaliseValue(item, surroundings));
  }
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, normaliseValue(item, surroundings, name)]),
  );
}

/** Times differ by nature, costs by what an answer was said to cost: of those only zero or not is compared. */
function normaliseNumber(key: string, value: number): unknown {
  if (key.endsWith("_ms") || key === "pid") return "<n>";
  if (/^(total|included)(Skills|Commands)$/.test(key)) return "<n>";
  if (key === "resetsAt") return "<time>";
  if (/tokens|cost/i.test(key)) return value > 0 ? "<n>" : 0;
  return value;
}
