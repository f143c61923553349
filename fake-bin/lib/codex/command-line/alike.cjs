"use strict";

/** How alike two words are, from 0 to 1: Jaro's measure, with which clap finds the flag that was meant. */
function jaro(a, b) {
  if (a === b) return 1;
  const reach = Math.max(0, Math.floor(Math.max(a.length, b.length) / 2) - 1);
  const taken = new Set();
  const matches = [...a].filter((letter, i) => {
    for (let j = Math.max(0, i - reach); j <= Math.min(b.length - 1, i + reach); j++) {
      if (!taken.has(j) && b[j] === letter) return taken.add(j);
    }
    return false;
  });
  if (matches.length === 0) return 0;
  const other = [...b].filter((_, j) => taken.has(j));
  const moved = matches.filter((letter, i) => letter !== other[i]).length / 2;
  const found = matches.length;
  return (found / a.length + found / b.length + (found - moved) / found) / 3;
}

/** The word that is most alike, or undefined when none is alike enough. */
function mostAlike(word, names) {
  /** @type {{ name: string | undefined, alike: number }} */
  let best = { name: undefined, alike: 0.7 };
  for (const name of names) {
    const alike = jaro(word, name);
    if (alike > best.alike) best = { name, alike };
  }
  return best.name;
}

module.exports = { mostAlike };
