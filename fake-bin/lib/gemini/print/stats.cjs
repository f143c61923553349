// What a run has used, as the real CLI counts it: by the model that answered, or by the one asked for when none did.
"use strict";

/** What one answer of the API costs here. */
const USAGE = { input: 6, prompt: 10, candidates: 5, total: 17, cached: 4, thoughts: 2, tool: 0 };
const NO_USAGE = { input: 0, prompt: 0, candidates: 0, total: 0, cached: 0, thoughts: 0, tool: 0 };

const DECISIONS = { accept: 0, reject: 0, modify: 0, auto_accept: 0 };

const newStats = () => ({ startedAt: Date.now(), models: {}, tools: [] });

const add = (sums, more) => {
  for (const [name, value] of Object.entries(more)) sums[name] += value;
};

function modelOf(stats, name) {
  stats.models[name] ??= {
    requests: 0,
    errors: 0,
    invalid: 0,
    latencyMs: 0,
    errorsByType: {},
    tokens: { ...NO_USAGE },
  };
  return stats.models[name];
}

/** A request that was answered. `usage` is what the answer says of itself. */
function countAnswer(stats, name, usage = USAGE) {
  const model = modelOf(stats, name);
  model.requests++;
  model.latencyMs += 20;
  add(model.tokens, usage);
}

/** A request that failed. */
function countFailure(stats, name, type) {
  const model = modelOf(stats, name);
  model.requests++;
  model.errors++;
  model.latencyMs += 20;
  model.errorsByType[type] = (model.errorsByType[type] ?? 0) + 1;
}

/** An answer that the CLI does not accept counts as an error without a request, beside the request that brought it. */
function countInvalid(stats, name, type) {
  const model = modelOf(stats, name);
  model.errors++;
  model.invalid++;
  model.errorsByType[type] = (model.errorsByType[type] ?? 0) + 1;
}

/** A tool call: whether it succeeded, and whether it ran at all. */
function countTool(stats, { name, ok, ran }) {
  stats.tools.push({ name, ok, ran });
}

/** The `stats` of the result event. */
function eventStats(stats, { failed = false } = {}) {
  const models = {};
  const sums = { ...NO_USAGE };
  for (const [name, { tokens }] of Object.entries(stats.models)) {
    models[name] = inEvent(tokens);
    add(sums, tokens);
  }
  return {
    ...inEvent(sums),
    duration_ms: failed ? 0 : Date.now() - stats.startedAt,
    tool_calls: stats.tools.length,
    models,
  };
}

const inEvent = ({ total, prompt, candidates, cached, input }) => ({
  total_tokens: total,
  input_tokens: prompt,
  output_tokens: candidates,
  cached,
  input,
});

/** The `stats` of the format `json`. */
function jsonStats(stats) {
  const models = {};
  for (const [name, model] of Object.entries(stats.models)) models[name] = inJson(model);
  return { models, tools: toolStats(stats.tools), files: { totalLinesAdded: 0, totalLinesRemoved: 0 } };
}

function inJson({ requests, errors, invalid, latencyMs, errorsByType, tokens }) {
  const counts = { totalRequests: requests, totalErrors: errors, totalLatencyMs: latencyMs };
  // Of the errors, a role has only those of its requests.
  const roles = requests === 0 ? {} : { main: { ...counts, totalErrors: errors - invalid, tokens } };
  return { api: { ...counts, errorsByType }, tokens, roles };
}

function toolStats(tools) {
  const byName = {};
  for (const name of new Set(tools.map((tool) => tool.name))) {
    const calls = tools.filter((tool) => tool.name === name);
    const { totalCalls: count, totalSuccess: success, totalFail: fail, ...rest } = toolTotals(calls);
    byName[name] = {
      count,
      success,
      fail,
      durationMs: rest.totalDurationMs,
      decisions: rest.totalDecisions,
    };
  }
  return { ...toolTotals(tools), byName };
}

function toolTotals(calls) {
  const succeeded = calls.filter(({ ok }) => ok).length;
  const ran = calls.filter((call) => call.ran).length;
  return {
    totalCalls: calls.length,
    totalSuccess: succeeded,
    totalFail: calls.length - succeeded,
    totalDurationMs: ran * 20,
    totalDecisions: { ...DECISIONS, accept: ran },
  };
}

module.exports = {
  countAnswer,
  countFailure,
  countInvalid,
  countTool,
  eventStats,
  jsonStats,
  newStats,
  NO_USAGE,
};
