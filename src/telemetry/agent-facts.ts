import type { AgentKind } from "../core/callee-kind.ts";
import type { AgentFacts } from "./channels.ts";

/** The facts of an agent's run for traces, picked field by field, so that no text of the answer is among them. */
export function agentFacts(kind: AgentKind, details: object): AgentFacts {
  const { model, sessionId, stopReason, numTurns, usage } = details as Readonly<Record<string, unknown>>;
  const tokens = tokensOf(kind, usage);
  return {
    ...(typeof model === "string" && { model }),
    ...(typeof sessionId === "string" && { sessionId }),
    ...(typeof stopReason === "string" && { stopReason }),
    ...(typeof numTurns === "number" && { turns: numTurns }),
    ...(tokens && { tokens }),
  };
}

/** How an agent names its tokens, and whether its input counts those of the cache too. */
const FIELDS = {
  claude: {
    isInputAll: false,
    cacheRead: "cache_read_input_tokens",
    cacheCreation: "cache_creation_input_tokens",
  },
  codex: { isInputAll: true, cacheRead: "cached_input_tokens", cacheCreation: "cache_write_input_tokens" },
  gemini: { isInputAll: true, cacheRead: "cached", cacheCreation: undefined },
} as const;

function tokensOf(kind: AgentKind, usage: unknown): AgentFacts["tokens"] {
  if (typeof usage !== "object" || usage === null) return undefined;
  const count = (field: string | undefined) => {
    const value: unknown = field === undefined ? 0 : (usage as Readonly<Record<string, unknown>>)[field];
    return typeof value === "number" && Number.isFinite(value) ? value : 0;
  };
  const { isInputAll, ...names } = FIELDS[kind];
  const cacheRead = count(names.cacheRead);
  const cacheCreation = count(names.cacheCreation);
  const input = count("input_tokens");
  return {
    input: isInputAll ? Math.max(0, input - cacheRead - cacheCreation) : input,
    output: count("output_tokens"),
    cacheRead,
    cacheCreation,
  };
}
