import type { AgentFacts } from "./channels.ts";

/** What a run of claude told of itself, picked field by field: none of its text is among them. */
export function agentFacts(details: object): AgentFacts {
  const { model, sessionId, stopReason, numTurns, usage } = details as Readonly<Record<string, unknown>>;
  const tokens = tokensOf(usage);
  return {
    ...(typeof model === "string" && { model }),
    ...(typeof sessionId === "string" && { sessionId }),
    ...(typeof stopReason === "string" && { stopReason }),
    ...(typeof numTurns === "number" && { turns: numTurns }),
    ...(tokens && { tokens }),
  };
}

/** `usage` as the Messages API names its fields. */
function tokensOf(usage: unknown): AgentFacts["tokens"] {
  if (typeof usage !== "object" || usage === null) return undefined;
  const count = (field: string) => {
    const value: unknown = (usage as Readonly<Record<string, unknown>>)[field];
    return typeof value === "number" && Number.isFinite(value) ? value : 0;
  };
  return {
    input: count("input_tokens"),
    output: count("output_tokens"),
    cacheRead: count("cache_read_input_tokens"),
    cacheCreation: count("cache_creation_input_tokens"),
  };
}
