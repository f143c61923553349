import type { AgentFacts } from "./channels.ts";

/** The facts of a claude run for traces, picked field by field, so that no text of the answer is among them. */
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

/** Token counts from `usage`, in the field names of the Messages API. */
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
