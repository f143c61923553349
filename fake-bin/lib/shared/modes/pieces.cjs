// Output that is long, or that comes in pieces.
"use strict";
const { numberFrom, sleep } = require("../runtime/invocation.cjs");

const FLOOD_BYTES = 32 * 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;
const BIG_LINE_BYTES = 2 * 1024 * 1024;
const SLOW_STEPS = 10;

/** A line of text of so many characters, its newline counted. */
const filler = (length) =>
  "The quick brown fox jumps over the lazy dog. ".repeat(Math.ceil(length / 45)).slice(0, length - 1);

/** Writes `total` bytes of text made of lines, without holding them in memory. */
async function writeLines(ctx, total, separator) {
  const row = `${filler(CHUNK_BYTES / 64)}${separator}`;
  const chunk = row.repeat(64);
  let left = total;
  while (left > 0) {
    const piece = left >= chunk.length ? chunk : chunk.slice(0, left);
    await ctx.write(piece);
    left -= piece.length;
  }
}

/** Waits for FAKE_<CLI>_DELAY_MS. */
const pause = () => sleep(numberFrom("DELAY_MS", 100));

/** Writes the bytes in ten pieces, with a pause before each. */
async function writeSlowly(ctx, bytes) {
  const size = Math.ceil(bytes.length / SLOW_STEPS);
  for (let at = 0; at < bytes.length; at += size) {
    await pause();
    await ctx.write(bytes.subarray(at, at + size));
  }
}

/** Characters of two to four bytes. */
const WIDE_TEXT = "Größe, naïveté, 日本語のテキスト, 👩‍👩‍👧‍👦 and ✨: ";

/** Writes the bytes in pieces that end inside characters. */
async function writeSplit(ctx, bytes) {
  let from = 0;
  for (let at = 1; at < bytes.length; at++) {
    // A continuation byte: cutting before it splits a character.
    if ((bytes[at] & 0xc0) !== 0x80 || at - from < 3) continue;
    await ctx.write(bytes.subarray(from, at));
    await sleep(2);
    from = at;
  }
  await ctx.write(bytes.subarray(from));
}

module.exports = {
  BIG_LINE_BYTES,
  CHUNK_BYTES,
  filler,
  FLOOD_BYTES,
  pause,
  SLOW_STEPS,
  WIDE_TEXT,
  writeLines,
  writeSlowly,
  writeSplit,
};
