import type { AgentDetails } from "../agent/details.ts";

/** What codex reports about a run; part of the result beside `value`. */
export interface CodexDetails extends AgentDetails {}
