import type { PermissionDenial } from "./events.ts";

/** What claude tells of a run, on a result beside `value`. */
export interface ClaudeDetails {
  /** The answer's text, marker stripped. */
  readonly text: string;
  /** `structured_output`, unvalidated. */
  readonly structured?: unknown;
  readonly sessionId?: string | undefined;
  /** US dollars, as the CLI reckons them. */
  readonly costUsd?: number | undefined;
  /** Tokens, as the API names them. */
  readonly usage?: Readonly<Record<string, unknown>> | undefined;
  readonly model?: string | undefined;
  readonly stopReason?: string | undefined;
  readonly permissionDenials: readonly PermissionDenial[];
  readonly numTurns?: number | undefined;
}
