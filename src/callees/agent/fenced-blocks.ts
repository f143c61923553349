/**
 * The contents of a text's fenced blocks that have no language or `json`. It reads line by line: one regular expression over the whole
 * text takes quadratic time on fences that never close, and blocks the event loop for seconds.
 */
export function fencedBlocks(text: string): string[] {
  const blocks: string[] = [];
  const lines = text.split("\n");
  let open: { readonly from: number; readonly ticks: number; readonly taken: boolean } | undefined;
  for (const [index, line] of lines.entries()) {
    const ticks = leadingTicks(line);
    if (ticks < 3) continue;
    const language = line.slice(ticks).trim().toLowerCase();
    if (open === undefined) {
      // A block of another language is followed to its end: else its end would look like the beginning of a block.
      if (!language.includes("`"))
        open = { from: index + 1, ticks, taken: language === "" || language === "json" };
    } else if (language === "" && ticks >= open.ticks) {
      if (open.taken) blocks.push(lines.slice(open.from, index).join("\n"));
      open = undefined;
    }
  }
  return blocks;
}

function leadingTicks(line: string): number {
  let ticks = 0;
  while (line[ticks] === "`") ticks++;
  return ticks;
}
