import { isWindows } from "../../core/is-windows.ts";

/** One part of a glob between two slashes: any number of folders, or names that match. */
export type Segment = "**" | RegExp;

export interface SimplePattern {
  /** The folders before the first wildcard, or `""`. */
  readonly base: string;
  /** The last one is for the file's name. */
  readonly segments: readonly Segment[];
}

const ignoresCase = isWindows || process.platform === "darwin";

/** Nothing that a glob gives a meaning. */
const LITERAL = /^[\w .,@=~%&'+:;$-]+$/u;
/** Names with `*`, `?` and `{one,other}`, without what a glob reads in a way of its own: a dot or `?` in front, and anything but words in braces. */
const WITH_WILDCARDS = /^(?![.?])(?:[\w .,@=~%&'+:;$*?-]|\{\w+(?:,\w+)+\})+$/u;

/**
 * The pattern in parts, for a walk that keeps nothing of what it passes. `undefined` for a glob that says more than `*`, `?`, `**` and
 * `{one,other}`: Node.js reads those.
 */
export function simplePattern(glob: string): SimplePattern | undefined {
  const parts = glob.replace(/^(?:\.\/)+/, "").split("/");
  const first = parts.findIndex((part) => !isLiteral(part));
  if (first === -1) return undefined;
  const rest = parts.slice(first);
  // Where case is ignored, only the file system knows whether a plain name is that of a folder.
  if (ignoresCase && rest.some(isLiteral)) return undefined;
  // Alone a `**` stands for all files. Elsewhere at the end, or twice, it also stands for what is no folder.
  if (rest.indexOf("**") !== rest.lastIndexOf("**") || (rest.at(-1) === "**" && rest.length > 1))
    return undefined;
  const segments = rest.map(segmentOf);
  if (segments.includes(undefined)) return undefined;
  return { base: parts.slice(0, first).join("/"), segments: segments as Segment[] };
}

const SPECIAL = /[.+$]/g;

const isLiteral = (part: string) => LITERAL.test(part) && part !== "." && part !== "..";

function segmentOf(part: string): Segment | undefined {
  if (part === "**") return part;
  if (isLiteral(part)) return new RegExp(`^${part.replaceAll(SPECIAL, String.raw`\$&`)}$`);
  if (part.includes("**") || !WITH_WILDCARDS.test(part)) return undefined;
  const source = part
    .replaceAll(SPECIAL, String.raw`\$&`)
    .replaceAll("*", ".*")
    .replaceAll("?", ".")
    .replaceAll(/\{([^}]+)\}/g, (_, alternatives: string) => `(?:${alternatives.replaceAll(",", "|")})`);
  // A wildcard does not stand for the dot of a hidden file.
  const hidden = part.startsWith("*") ? String.raw`(?!\.)` : "";
  return new RegExp(`^${hidden}${source}$`, ignoresCase ? "is" : "s");
}
