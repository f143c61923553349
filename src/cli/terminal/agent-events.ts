import type { AgentEvent } from "../../callees/agent/events.ts";
import type { AgentStatus } from "./status-line.ts";

/** How far a run has come, from its events. A field that is of another kind than expected is left out. */
export interface AgentProgress {
  see(event: AgentEvent): void;
  /** The attempt is over: what comes next counts anew, and what it cost stays spent. */
  next(): void;
  readonly status: AgentStatus;
}

export type Fields = Readonly<Record<string, unknown>>;

/** The members of a foreign value; of one that has none, an empty object. */
export const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null ? (value as Fields) : {};

export const numberOf = (value: unknown): number => (typeof value === "number" && value > 0 ? value : 0);

/** A tool's name goes to a terminal, and a server that is not ours may have chosen it. */
export function toolName(name: unknown): string | undefined {
  if (typeof name !== "string") return undefined;
  return /^[\w.:-]{1,64}$/.test(name) ? name : "a tool";
}
