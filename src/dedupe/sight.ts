/** What a scope knows of one content. Instants are wall-clock milliseconds. */
export interface Seen {
  readonly bytes: number;
  /** The call that brought it first. */
  readonly callId?: string | undefined;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly times: number;
}

/** What came last in a scope, and how often in a row. */
export interface Streak {
  readonly sha256: string;
  readonly streak: number;
}

export interface SightRequest {
  readonly scope: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly callId?: string | undefined;
}

export type SightAnswer =
  | { readonly kind: "new"; readonly streak: number }
  | { readonly kind: "duplicate"; readonly streak: number; readonly seen: Seen };

/** What a ledger holds of a scope and a content, before or after a sighting. */
export interface Sighting {
  readonly seen: Seen | undefined;
  readonly last: Streak | undefined;
}

export interface SightStep<Answer> extends Sighting {
  readonly answer: Answer;
}

/**
 * Content comes to a scope. The same call may bring its content again, after a crash or a retry, and is not told that it repeats
 * itself.
 */
export function sight({ seen, last }: Sighting, request: SightRequest, now: number): SightStep<SightAnswer> {
  const { sha256, bytes, callId } = request;
  if (seen === undefined) {
    const first = { bytes, ...(callId !== undefined && { callId }), firstAt: now, lastAt: now, times: 1 };
    return { answer: { kind: "new", streak: 1 }, seen: first, last: { sha256, streak: 1 } };
  }
  const isLast = last?.sha256 === sha256;
  if (callId !== undefined && callId === seen.callId) {
    return { answer: { kind: "new", streak: isLast ? last.streak : 1 }, seen, last };
  }
  const streak = isLast ? last.streak + 1 : 1;
  return {
    answer: { kind: "duplicate", streak, seen },
    seen: { ...seen, lastAt: now, times: seen.times + 1 },
    last: { sha256, streak },
  };
}

/** The content was not used after all: it is as if it had never come. Answers whether it had. */
export function forget({ seen, last }: Sighting, sha256: string): SightStep<boolean> {
  return {
    answer: seen !== undefined,
    seen: undefined,
    last: last?.sha256 === sha256 ? undefined : last,
  };
}
