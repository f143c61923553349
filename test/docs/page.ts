import { readFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../helpers/files.ts";
import { parseSteering, type Steering } from "./steering.ts";

/** A fenced block of a page. */
export interface Block {
  /** Relative to the repository, such as `docs/commands.md`. */
  readonly page: string;
  /** Of its first line of code, counted from 1. */
  readonly line: number;
  readonly language: string;
  readonly code: string;
  readonly steering: Steering;
}

export interface Page {
  readonly name: string;
  readonly blocks: readonly Block[];
  /** The lines outside of the blocks; a block's lines are empty here, so line numbers stay. */
  readonly prose: readonly string[];
}

const FENCE = /^(?<indent>\s*)(?<fence>`{3,}|~{3,})(?<language>[\w-]*)/;
const COMMENT = /^\s*<!--(?<text>.*)-->\s*$/;

export const readPage = (name: string): Page => parsePage(name, readFileSync(path.join(ROOT, name), "utf8"));

export function parsePage(name: string, text: string): Page {
  const blocks: Block[] = [];
  const prose: string[] = [];
  const lines = text.split("\n");
  let comment: string | undefined;
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] as string;
    const opening = FENCE.exec(line)?.groups;
    if (opening === undefined) {
      prose.push(line);
      // Prettier puts a blank line between a comment and the block that it steers.
      if (line.trim() !== "") comment = COMMENT.exec(line)?.groups?.["text"];
      continue;
    }
    const indent = (opening["indent"] as string).length;
    const isEnd = (candidate: string) => candidate.trim() === opening["fence"];
    const end = lines.findIndex((candidate, index) => index > at && isEnd(candidate));
    if (end < 0) throw new Error(`${name}:${at + 1}: the block has no end.`);
    const code = lines.slice(at + 1, end).map((codeLine) => codeLine.slice(indent));
    const where = `${name}:${at + 1}`;
    blocks.push({
      page: name,
      line: at + 2,
      language: opening["language"] ?? "",
      code: `${code.join("\n")}\n`,
      steering: parseSteering(comment ?? "", where),
    });
    prose.push(...lines.slice(at, end + 1).map(() => ""));
    comment = undefined;
    at = end;
  }
  return { name, blocks, prose };
}

/** How a test is named after a block: where it stands, and how it begins. */
export const titleOf = ({ page, line, language, code }: Block): string =>
  `${page}:${line} ${language}: ${code.trimStart().split("\n")[0] ?? ""}`;
