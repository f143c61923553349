"use strict";
const { helpFlagNames } = require("./flags.cjs");

/** Edit distance in which swapping two neighbours counts as one edit. */
function distance(a, b) {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i]);
  for (let j = 0; j <= b.length; j++) rows[0][j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const swap = a[i - 1] === b[j - 1] ? 0 : 1;
      rows[i][j] = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + swap);
      const crossed = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (crossed) rows[i][j] = Math.min(rows[i][j], rows[i - 2][j - 2] + 1);
    }
  }
  return rows[a.length][b.length];
}

/** The flag the real CLI suggests for one it does not know (at most 3 edits away, and more alike than not). */
function similarFlag(unknown) {
  if (!unknown.startsWith("--")) return undefined;
  const word = unknown.slice(2);
  let best;
  for (const name of helpFlagNames()) {
    const edits = distance(word, name);
    const length = Math.max(word.length, name.length);
    const alike = (length - edits) / length > 0.4;
    if (edits <= 3 && alike && (!best || edits < best.edits)) best = { name, edits };
  }
  return best && `--${best.name}`;
}

module.exports = { similarFlag };
