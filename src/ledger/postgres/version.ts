import { randomUUID } from "node:crypto";

/**
 * How many writes of others may come between a write whose answer was lost and the look whether it was committed: a takeover is three
 * (claim, started, settle), and a heartbeat comes every 10 s.
 */
const REMEMBERED = 8;

/** A random name for one write. */
export function newToken(): string {
  // Of its random part 48 bits. Node makes UUIDs in stock; other random bytes cost a system call each.
  return randomUUID().slice(-12);
}

/** The version of a row after a write: the tokens of its last writes, newest first. */
export function versionAfter(version: string | undefined, token: string): string {
  const before = version === undefined || version === "" ? [] : version.split(" ");
  return [token, ...before.slice(0, REMEMBERED - 1)].join(" ");
}

/** Whether the write of this token is among the last that were committed. */
export function wasWritten(version: string, token: string): boolean {
  return version.split(" ").includes(token);
}
