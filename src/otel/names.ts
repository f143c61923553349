/**
 * Every name that hardcall uses in OpenTelemetry. The GenAI conventions are still in development and have renamed attributes before
 * (`gen_ai.system` became `gen_ai.provider.name`). These names are from open-telemetry/semantic-conventions-genai of November 2026, and from
 * semantic-conventions 1.44 for `process.*` and `error.type`.
 */
export const SCOPE = "hardcall";

export const ATTRIBUTE = {
  errorType: "error.type",
  executable: "process.executable.name",
  pid: "process.pid",
  exitCode: "process.exit.code",

  operation: "gen_ai.operation.name",
  provider: "gen_ai.provider.name",
  requestModel: "gen_ai.request.model",
  responseModel: "gen_ai.response.model",
  conversation: "gen_ai.conversation.id",
  finishReasons: "gen_ai.response.finish_reasons",
  tokenType: "gen_ai.token.type",
  inputTokens: "gen_ai.usage.input_tokens",
  outputTokens: "gen_ai.usage.output_tokens",
  cacheReadTokens: "gen_ai.usage.cache_read.input_tokens",
  cacheCreationTokens: "gen_ai.usage.cache_creation.input_tokens",

  callName: "hardcall.call.name",
  callId: "hardcall.call.id",
  ofCallId: "hardcall.call.of_id",
  callee: "hardcall.callee",
  effects: "hardcall.effects",
  effect: "hardcall.effect",
  outcome: "hardcall.outcome",
  keySha256: "hardcall.key.sha256",
  attempt: "hardcall.attempt",
  attempts: "hardcall.attempts",
  resource: "hardcall.resource",
  waitedMs: "hardcall.waited_ms",
  evidence: "hardcall.evidence",
  signal: "hardcall.signal",
  stdoutBytes: "hardcall.stdout.bytes",
  costUsd: "hardcall.cost_usd",
  ledgerOperation: "hardcall.ledger.operation",
  ledgerAnswer: "hardcall.ledger.answer",
} as const;

export const METRIC = {
  callDuration: "hardcall.call.duration",
  attempts: "hardcall.attempts",
  cost: "hardcall.cost",
  ledgerDuration: "hardcall.ledger.duration",
  agentDuration: "gen_ai.client.operation.duration",
  agentTokens: "gen_ai.client.token.usage",
} as const;

/** The run of an agent in the terms of the GenAI conventions. The provider is the one that its CLI is made for. */
export const AGENT = {
  operation: "invoke_agent",
  provider: { claude: "anthropic", codex: "openai", gemini: "gcp.gemini" },
} as const;

/** The buckets that the conventions recommend for durations in seconds and for token counts. */
export const BUCKETS = {
  seconds: [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
  tokens: [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864],
} as const;
