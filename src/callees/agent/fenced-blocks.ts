/**
 * The contents of a text's fenced blocks that have no language or `json`. It reads line by line: one regular expression over the whole
 * text takes quadratic time on fences that never close, and blocks the event loop for seconds.
 */
export function fencedBlocks(text: string): string[] {
  const blocks: string[] = [];
  const lines = text.split("\n");
  let from: number | undefined;
  for (const [index, line] of lines.entries()) {
    const fence = line.startsWith("```") ? line.slice(3).trim().toLowerCase() : undefined;
    if (from === undefined) {
      if (fence === "" || fence === "json") from = index + 1;
    } else if (fence === "") {
      blocks.push(lines.slice(from, index).join("\n"));
      from = undefined;
    }
  }
  return blocks;
}
