import type { PermissionDenial } from "./events.ts";

/** What claude reports about a run; part of the result beside `value`. */
export interface ClaudeDetails {
  /** The text of the answer, without the marker. */
  readonly text: string;
  /** `structured_output`, unvalidated. */
  readonly structured?: unknown;
  readonly sessionId?: string | undefined;
  /** US dollars, as the CLI reports them. */
  readonly costUsd?: number | undefined;
  /** Tokens, as the API names them. */
  readonly usage?: Readonly<Record<string, unknown>> | undefined;
  readonly model?: string | undefined;
  readonly stopReason?: string | undefined;
  readonly permissionDenials: readonly PermissionDenial[];
  readonly numTurns?: number | undefined;
}
