// What a run of `codex exec` knows about itself.
"use strict";
const { uuid } = require("../../shared/ids.cjs");
const { markerIn } = require("../../shared/modes/draft.cjs");
const { write } = require("../../shared/stdio.cjs");

const DEFAULT_MODEL = "gpt-5.5";
const DEFAULT_RETRIES = 5;
const DEFAULT_IDLE_MS = 300_000;

/** Everything about a run that its events need. */
function session({ command, flags, config, cwd, prompt, schema, resumed, earlierRounds = 0 }) {
  const provider = config.get("model_provider") ?? "openai";
  const of = (name) => config.get(`model_providers.${provider}.${name}`);
  const baseUrl = of("base_url") ?? config.get("openai_base_url") ?? "https://api.openai.com/v1";
  return {
    command,
    flags,
    json: flags.json === true,
    cwd,
    prompt,
    schema,
    marker: schema === undefined ? markerIn(prompt) : undefined,
    threadId: resumed ?? uuid(),
    model: flags.model ?? config.get("model") ?? DEFAULT_MODEL,
    provider,
    url: `${baseUrl}/responses`,
    envKey: of("env_key"),
    effort: config.get("model_reasoning_effort") ?? "none",
    sandbox: sandboxOf(flags, config),
    retries: of("stream_max_retries") ?? DEFAULT_RETRIES,
    idleMs: of("stream_idle_timeout_ms") ?? DEFAULT_IDLE_MS,
    /** Model requests that were answered: each adds to the usage, those of earlier runs of the thread too. */
    rounds: earlierRounds,
    items: 0,
    lastMessage: undefined,
    traced: /codex_otel\.trace_safe/.test(process.env.RUST_LOG ?? ""),
    /** Where stdout goes; a mode that cuts or delays it puts its own function here. */
    write: (chunk) => write(1, chunk),
  };
}

function sandboxOf(flags, config) {
  if (flags["dangerously-bypass-approvals-and-sandbox"]) return "danger-full-access";
  if (flags["approve-for-me"]) return "workspace-write";
  return flags.sandbox ?? config.get("sandbox_mode") ?? "read-only";
}

/** The usage of the whole thread, as the observed runs had it per request. */
const usageOf = ({ rounds }) => ({
  input_tokens: 10 * rounds,
  cached_input_tokens: 4 * rounds,
  cache_write_input_tokens: 0,
  output_tokens: 5 * rounds,
  reasoning_output_tokens: 2 * rounds,
});

module.exports = { session, usageOf };
