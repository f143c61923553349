"use strict";

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

/** `; did you mean NAME?` for the name that is closest, with `before` in front; nothing when none is close. */
function hint(given, names, before = "") {
  let best;
  for (const name of names) {
    const edits = distance(given.toLowerCase(), name.toLowerCase());
    const close = edits <= Math.max(1, Math.floor(name.length / 3));
    if (close && (best === undefined || edits < best.edits)) best = { name, edits };
  }
  return best === undefined ? "" : `; did you mean ${before}${best.name}?`;
}

module.exports = { distance, hint };
