import type { ClaimAnswer } from "../operation/events.ts";
import type { Instant } from "../owner/instant.ts";
import type { Liveness, Owner } from "../owner/owner.ts";

/** What the rules of a resource may know of the world: the ledger's clock, this process, and whether another one lives. */
export interface DocumentMoment {
  readonly now: Instant;
  readonly owner: Owner;
  liveness(owner: Owner): Liveness;
  /** A command or a statement that deletes the record of a resource, for messages. */
  readonly removal?: ((name: string) => string) | undefined;
}

/** What a change of a resource decides on. */
export interface ResourceDocumentView extends DocumentMoment {
  /** `undefined`: the ledger does not know the resource. */
  readonly text: string | undefined;
  /** What each claim of `looks` would be answered at this moment. Only `kind` counts: a claim in it is not held. */
  readonly looks: readonly ClaimAnswer[];
}

export interface ResourceStep<Answer> {
  readonly answer: Answer;
  /** The document from now on. @default it stays as it is */
  readonly text?: string | undefined;
}

/** A resource as the ledger keeps it. */
export interface ResourceDocument {
  readonly name: string;
  readonly text: string;
  /** Unix milliseconds. */
  readonly changedAt: number;
}
