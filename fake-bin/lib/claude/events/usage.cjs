// What a turn cost, in tokens and dollars.
"use strict";
const { modelFacts } = require("./models.cjs");

const USD_PER_INPUT_TOKEN = 4e-6;
const USD_PER_OUTPUT_TOKEN = 20e-6;

const tokens = (text) => Math.max(1, Math.ceil(text.length / 4));

/** What a turn cost: tokens of the prompt and of the answer, times the requests made. */
function usageOf(ctx, outputText, requests = 1) {
  const input = tokens(ctx.prompt) * requests;
  const output = tokens(outputText) * requests;
  return { input, output, usd: input * USD_PER_INPUT_TOKEN + output * USD_PER_OUTPUT_TOKEN };
}

function usageObject({ input, output }) {
  const thinking = { output_tokens_details: { thinking_tokens: 0 } };
  const counts = {
    input_tokens: input,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: output,
  };
  return {
    ...(output > 0 ? { ...counts, ...thinking } : { ...thinking, ...counts }),
    server_tool_use: { web_search_requests: 0, web_fetch_requests: 0 },
    service_tier: "standard",
    cache_creation: { ephemeral_1h_input_tokens: 0, ephemeral_5m_input_tokens: 0 },
    inference_geo: "",
    iterations: [],
    speed: "standard",
    fallback_credit: null,
  };
}

/** What each model was used for: from the model's name to its usage. */
function modelUsage(models) {
  const used = Object.entries(models).filter(([, usage]) => usage?.output > 0);
  return Object.fromEntries(used.map(([model, usage]) => [model, usageOfModel(model, usage)]));
}

function usageOfModel(model, usage) {
  const { contextWindow, maxOutputTokens, canonical, costBasis } = modelFacts(model);
  return {
    inputTokens: usage.input,
    outputTokens: usage.output,
    cacheReadInputTokens: 0,
    cacheCreationInputTokens: 0,
    webSearchRequests: 0,
    costUSD: usage.usd,
    contextWindow,
    maxOutputTokens,
    thinkingTokens: 0,
    cacheCreationEphemeral5mInputTokens: 0,
    cacheCreationEphemeral1hInputTokens: 0,
    canonicalModel: canonical,
    provider: "firstParty",
    costBasis,
  };
}

module.exports = { modelUsage, usageObject, usageOf };
