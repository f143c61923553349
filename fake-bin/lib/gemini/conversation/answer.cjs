// What the model says.
"use strict";
const { draft } = require("../../shared/modes/draft.cjs");
const { play } = require("../api/play.cjs");
const { schemaIn } = require("./prompt.cjs");

const HALF_CHARACTERS = 60;

/** The text with the one-time lines that the prompt asks for. */
const marked = ({ markers: { first, last } }, text) =>
  [first, text, last].filter((line) => line !== undefined).join("\n");

/** The beginning of an answer: its first marker, and not its last. */
const half = ({ markers: { first } }) => marked({ markers: { first } }, draft().slice(0, HALF_CHARACTERS));

/** A good answer: JSON when the prompt has a JSON Schema, else the draft. */
function goodText(ctx) {
  const schema = schemaIn(ctx.prompt);
  if (schema === undefined && !process.env.FAKE_GEMINI_STRUCTURED) return marked(ctx, draft());
  const { structuredValue } = require("../../shared/modes/structured-value.cjs");
  return marked(ctx, JSON.stringify(structuredValue(schema ?? "{}")));
}

/** A run in which the model gives a good answer. */
const answer = (ctx, text = goodText(ctx)) => play(ctx, [{ say: [text] }]);

module.exports = { answer, goodText, half, marked };
