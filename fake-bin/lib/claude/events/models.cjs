// Which models 2.1.329 knows, and what it says of one.
"use strict";
const DEFAULT_MODEL = "claude-opus-5-5";
const ALIASES = {
  fable: "claude-fable-5-2",
  haiku: "claude-haiku-5-5",
  opus: "claude-opus-5-5",
  sonnet: "claude-sonnet-5-5",
};
const OLDER = /^claude-(?:3-|(?:opus|sonnet|haiku)-4(?:-|$))/;

/** A key gets the largest model; a subscription, known by its OAuth token, one below. */
function defaultModel() {
  const { ANTHROPIC_API_KEY, CLAUDE_CODE_OAUTH_TOKEN } = process.env;
  return CLAUDE_CODE_OAUTH_TOKEN && !ANTHROPIC_API_KEY ? ALIASES.sonnet : DEFAULT_MODEL;
}

/** The full name of a model asked for by an alias, with or without `[1m]`. */
function modelName(asked) {
  const name = asked?.replace(/\[1m\]$/, "");
  return ALIASES[name?.toLowerCase()] ?? (name === undefined || name === "default" ? defaultModel() : name);
}

const isCurrent = (model) => Object.values(ALIASES).includes(model);
const isKnownModel = (model) => isCurrent(model) || OLDER.test(model);

/** What `init` and `modelUsage` tell of a model. One that is not known is taken to have a large window. */
function modelFacts(model) {
  return {
    perTurnEffort: isCurrent(model),
    contextWindow: OLDER.test(model) ? 200_000 : 1_000_000,
    maxOutputTokens: isCurrent(model) ? 128_000 : 32_000,
    costBasis: isKnownModel(model) ? "list" : "unknown",
    canonical: model.replace(/-\d{8}$/, ""),
  };
}

module.exports = { modelName, isKnownModel, modelFacts };
