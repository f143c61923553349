import type { Moment } from "../operation/events.ts";
import type { Instant } from "../owner/instant.ts";
import type { Liveness, Owner } from "../owner/owner.ts";
import type { Operation } from "../operation/state.ts";

/** Which content: never the content itself. */
export interface ContentRef {
  /** What is kept apart, such as `drafts`. */
  readonly scope: string;
  readonly sha256: string;
}

/** Content that counts as seen, since it was committed. Instants are wall-clock milliseconds. */
export interface ContentRecord {
  readonly bytes: number;
  /** Who committed it, if it has a name: see `Claimant`. */
  readonly owner?: string | undefined;
  /** The reservation under which it was committed. */
  readonly token?: string | undefined;
  readonly callId?: string | undefined;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly times: number;
}

/**
 * What may publish under a reservation whose check ends at once. A shell starts a check in a subshell, a pipe or a wrapper that ends
 * with it, so the script is not the parent, but one of those above.
 */
export interface Runner {
  /** Where the numbers of the line mean its processes. */
  readonly world: Omit<Owner, "pid" | "pidStart" | "id">;
  /** The processes above the check, from its parent on. None: they cannot be seen. */
  readonly line: readonly (readonly [pid: number, start: string])[];
  /** The call of `hardcall run` that the check is part of. */
  readonly callId?: string | undefined;
  /** How many of the line, from its start on, are part of that call. */
  readonly inCall: number;
}

/** Content that was checked and may be on its way out: not seen yet, and not for another owner now. */
export interface Reservation {
  readonly bytes: number;
  /** Random, one per check. */
  readonly token: string;
  readonly owner?: string | undefined;
  readonly callId?: string | undefined;
  /** The process that works under it, where that is known. */
  readonly process?: Owner | undefined;
  /** What may work under it, where its check was a process of its own. */
  readonly runner?: Runner | undefined;
  /** Whether it ends with that process. */
  readonly endsWithProcess: boolean;
  readonly at: Instant;
  /** Never absent: a reservation without an end would keep the content from ever being published. */
  readonly holdMs: number;
}

/** What came last in a scope, and how often in a row. */
export interface Streak {
  readonly sha256: string;
  readonly streak: number;
}

/** Who asks: a reservation is given back, committed or taken over by its token or under its owner's name. */
export interface Claimant {
  /** `key:` and an idempotency key, or `call:` and the id of a call: a rerun has the same. */
  readonly owner?: string | undefined;
  readonly token?: string | undefined;
  readonly callId?: string | undefined;
  readonly process?: Owner | undefined;
}

export type CheckContentRequest = ContentRef &
  Omit<Claimant, "process"> & {
    readonly bytes: number;
    readonly token: string;
    readonly holdMs: number;
    /**
     * For a reservation that outlives the process that makes it, as a command line's does: the process that started that one, and
     * all that it may be made for. Without this the owner is this process, and its death gives the reservation back.
     */
    readonly outlives?: { readonly process: Owner | undefined; readonly runner: Runner } | undefined;
    /** The state machine of operations decides what came of an earlier `once`, and not this check. */
    readonly once?: boolean | undefined;
  };

export type CheckContentEvent = ContentRef &
  Claimant &
  Pick<CheckContentRequest, "bytes" | "token" | "holdMs" | "once"> &
  Pick<Reservation, "endsWithProcess" | "runner">;

export type CheckContentAnswer =
  | { readonly kind: "new" }
  /** `times` and `streak` count this time too, unless its own owner came back. */
  | {
      readonly kind: "duplicate";
      readonly seen: ContentRecord;
      readonly times: number;
      readonly streak: number;
      /** The `once` that published it. */
      readonly once?: Operation | undefined;
    }
  /** Another owner has it reserved, or publishes it now. */
  | {
      readonly kind: "pending";
      readonly callId?: string | undefined;
      readonly since: number;
      readonly retryAfterMs: number;
    }
  /** A `once` may have published it, and an operator or its probe has to tell. */
  | { readonly kind: "in_doubt"; readonly record: Operation };

export type CommitRequest = ContentRef & Claimant & { readonly bytes: number };

export type CommitAnswer =
  | { readonly kind: "committed" }
  /** Another owner had committed it, so it was published twice. */
  | { readonly kind: "duplicate"; readonly seen: ContentRecord };

export type ReleaseRequest = ContentRef & Claimant;

export type ReleaseAnswer =
  | { readonly kind: "released" }
  | { readonly kind: "absent" }
  /** Another owner has it. */
  | { readonly kind: "held" };

export type ForgetAnswer =
  | { readonly kind: "forgotten" }
  | { readonly kind: "absent" }
  /** A `once` of it runs, or is in doubt: to forget that would allow it again without proof. */
  | { readonly kind: "in_progress" | "in_doubt"; readonly record: Operation };

/** What a ledger holds of a scope and a content. */
export interface Contents {
  readonly seen: ContentRecord | undefined;
  readonly reserved: Reservation | undefined;
  readonly last: Streak | undefined;
}

/** What a transaction on a content is given. */
export type ContentView = Contents & {
  /** The operation of `once` on this content. */
  readonly once: Operation | undefined;
  /** The operation of the call that the reservation was made in, also when a later call has it by now. */
  readonly holder: Operation | undefined;
};

/** What a transaction on a content decides. */
export type ContentStep<Answer> = Contents & {
  readonly answer: Answer;
  /** The operation of `once` is forgotten with its history. */
  readonly forgetsOnce?: boolean | undefined;
};

/** What a decision about content may know of the world. */
export type ContentMoment = Moment & { readonly isAlive: (owner: Owner) => Liveness };

/** The name of every operation of `once`, which tunes it: `HARDCALL_DEDUPE_TIMEOUT`. */
const ONCE_NAME = "dedupe";

/** The operation of `once` on a content. A hash has one length, so no two contents share a key. */
export function onceTarget({ scope, sha256 }: ContentRef): { readonly name: string; readonly key: string } {
  return { name: ONCE_NAME, key: `${scope}/${sha256}` };
}

/** The content that an operation of `once` publishes; `undefined` for the operation of another call. */
export function contentOf({
  name,
  key,
}: {
  readonly name: string;
  readonly key: string;
}): ContentRef | undefined {
  const [, scope, sha256] = /^(.+)\/([0-9a-f]{64})$/.exec(key) ?? [];
  return name === ONCE_NAME && scope !== undefined && sha256 !== undefined ? { scope, sha256 } : undefined;
}

/** Whether what is recorded is the claimant's own. One without a name is known by its process. */
export function isOwn(record: Partial<Claimant>, { owner, token, process }: Claimant): boolean {
  if (token !== undefined && record.token === token) return true;
  if (owner !== undefined) return record.owner === owner;
  return token === undefined && process !== undefined && record.process?.id === process.id;
}

/** What a `once` that succeeded says of its content, should its process have died before it could commit. */
export function recordOfOnce(once: Operation | undefined, bytes: number): ContentRecord | undefined {
  if (once?.state !== "succeeded") return undefined;
  const at = once.settledAt ?? once.createdAt;
  return { bytes, callId: once.callId, firstAt: at, lastAt: at, times: 1 };
}
