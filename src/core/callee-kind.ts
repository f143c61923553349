/** The agents on the command line that hardcall can call. */
export type AgentKind = "claude" | "codex" | "gemini";

/** What can be called. */
export type CalleeKind = "command" | AgentKind | "job" | "task";

const AGENTS: ReadonlySet<CalleeKind> = new Set<AgentKind>(["claude", "codex", "gemini"]);

/** Whether a callee is an agent: a process that talks to a model, and tells of its session and its tokens. */
export const isAgent = (kind: CalleeKind): kind is AgentKind => AGENTS.has(kind);
