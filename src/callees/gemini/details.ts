import type { AgentDetails } from "../agent/details.ts";

/** What gemini reports about a run; part of the result beside `value`. */
export interface GeminiDetails extends AgentDetails {}
