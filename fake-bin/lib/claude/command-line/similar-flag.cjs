"use strict";
const { distance } = require("../../shared/edit-distance.cjs");
const { helpFlagNames } = require("./flags.cjs");

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
