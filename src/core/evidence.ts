import type { CallIdentity } from "./callee.ts";

/** What a function that looks for evidence receives: the attempt that claims success. */
export interface EvidenceContext extends CallIdentity {
  /** When the attempt began, on the wall clock: an artifact that is older is not its work. */
  readonly startedAt: Date;
  /** Aborts when the time for the check is over, or the call is cancelled. */
  readonly signal: AbortSignal;
}

/**
 * Looks for an artifact after the callee has reported success. The call fails with `evidence_missing` if the function throws, or
 * returns nothing (falsy, a blank text, an empty list, no `rows`, an object without fields), an HTTP response that is not ok, or
 * `{ missing: "why" }`. Any other answer means that the artifact exists. hardcall keeps the texts, numbers and booleans of
 * `{ found: { … } }` in the result and in the ledger, so put no secret into them.
 */
export interface Evidence<Value> {
  (value: Value, context: EvidenceContext): unknown;
  /** What is wrong with its options; reported with the contract's problems. */
  readonly problems?: readonly string[] | undefined;
}

/** What was found, as the result and the ledger keep it. Sizes are in bytes, times are ISO 8601 in UTC. */
export type FoundEvidence =
  | {
      readonly kind: "file";
      /** Absolute. */
      readonly path: string;
      readonly bytes: number;
      readonly sha256: string;
      readonly modifiedAt: string;
    }
  | {
      readonly kind: "rows";
      readonly rows: number;
      /** Of the first 20 rows that have one. */
      readonly ids: readonly string[];
    }
  | {
      readonly kind: "http";
      /** Without credentials, query and fragment. */
      readonly url: string;
      readonly status: number;
      readonly bytes: number;
      readonly sha256: string;
    }
  | {
      readonly kind: "command";
      readonly exitCode: number;
      readonly stdoutBytes: number;
      readonly stdoutSha256: string;
    }
  | {
      readonly kind: "function";
      /** The function's own name, where it has one. */
      readonly name?: string | undefined;
      readonly facts?: Readonly<Record<string, string | number | boolean>> | undefined;
    };

/** The answer of a look: what is there, or why that is not it. `missing` goes into messages, so it holds no output. */
export type EvidenceCheck = EvidenceFound | { readonly missing: string };

/** What a look of our own found; a caller's function cannot pass for one by the shape of what it returns. */
export class EvidenceFound {
  readonly evidence: FoundEvidence;

  constructor(evidence: FoundEvidence) {
    this.evidence = evidence;
  }
}
