// What the model of a fake says.
"use strict";
const { variable } = require("../runtime/program.cjs");

const DRAFT =
  "The morning light reached the harbour before the boats did. By seven the first crates stood on the quay, and the " +
  "buyers walked past them without a word, as they do when they have already decided. What sold best was what nobody " +
  "had planned to bring. The lesson fits a notebook page: prepare for the day you expect, and leave room for the one " +
  "that comes.";

const MARKER = /HARDCALL-END-[0-9a-f]{8,}/;

/** The answer where neither the mode nor a scenario sets one. FAKE_<CLI>_TEXT may be empty. */
const draft = () => process.env[variable("TEXT")] ?? DRAFT;

/** The one-time last line that the last line of a prompt asks for, or undefined. */
const markerIn = (prompt) => MARKER.exec(prompt.trimEnd().split("\n").at(-1))?.[0];

/** The text, with the one-time last line if the prompt asks for it. */
const marked = (ctx, text) => (ctx.marker && text.trim() !== "" ? `${text}\n${ctx.marker}` : text);

module.exports = { draft, marked, markerIn };
