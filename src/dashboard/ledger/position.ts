import type { CallRow } from "../data.ts";
import { RefusedRequest } from "../refused-request.ts";

/** Where a call is in the list. */
export interface Position {
  readonly at: number;
  readonly callId: string;
}

export const positionOf = ({ changedAt, callId }: CallRow): Position => ({ at: changedAt, callId });

export const writePosition = ({ at, callId }: Position): string => `${at} ${callId}`;

/** @throws RefusedRequest `bad_request` */
export function readPosition(text: string): Position {
  const [, at, callId] = /^(\d{1,16}) (.+)$/s.exec(text) ?? [];
  if (at === undefined || callId === undefined)
    throw new RefusedRequest("bad_request", '"before" is not the "next" of a page.');
  return { at: Number(at), callId };
}
