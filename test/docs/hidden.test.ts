import path from "node:path";
import { describe, expect, it } from "vitest";
import { ALL_PAGES } from "./pages.ts";
import type { Block, Page } from "./page.ts";

/** So many lines before and after a block a reader looks for its name. */
const NEAR = 15;

/** What readers see around a block. They see no comment that steers it. */
function seenAround({ prose }: Page, { line, code }: Block): string {
  const end = line + code.split("\n").length;
  return prose
    .slice(Math.max(0, line - NEAR), end + NEAR)
    .filter((text) => !text.trimStart().startsWith("<!--"))
    .join("\n");
}

/** What the comment before a block has, and a reader needs to know to do the same. */
const needed = ({ steering: { file, env } }: Block): string[] => [
  ...(file === undefined ? [] : [path.basename(file)]),
  ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
];

describe.each(ALL_PAGES.filter(({ blocks }) => blocks.some((block) => needed(block).length > 0)))(
  "$name",
  (page) => {
    it("tells readers under which name to save a block, and which variables to set", () => {
      const untold = page.blocks.flatMap((block) =>
        needed(block)
          .filter((words) => !seenAround(page, block).includes(words))
          .map((words) => `${page.name}:${block.line}: ${words}`),
      );
      expect(untold).toEqual([]);
    });
  },
);
