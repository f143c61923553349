import { createHash } from "node:crypto";
import type { PgConnection } from "./driver.ts";

/** A text that was asked so often is worth a plan of its own on the server, about 50 kB per connection. */
const USES = 5;
/** A clean-up or a list has texts of its own. */
const MOST_TEXTS = 200;

interface Known {
  uses: number;
  name?: string;
}

const known = new Map<string, Known>();

/** The name under which a statement is prepared, once its text has come often: to plan it costs more than to run it. */
export function preparedName(text: string): string | undefined {
  const entry = known.get(text) ?? { uses: 0 };
  entry.uses += 1;
  if (entry.uses === 1) {
    if (known.size >= MOST_TEXTS) known.clear();
    known.set(text, entry);
  }
  if (entry.uses < USES) return undefined;
  // `pg` refuses another text under a name that the connection has.
  entry.name ??= `hardcall_${createHash("sha256").update(text).digest("base64url").slice(0, 16)}`;
  return entry.name;
}

/**
 * What the server says of a prepared statement that is not what it was: 26000, there is none of that name; 42P05, there is one already;
 * 0A000, a migration has changed the columns of its answer. The statement was not run.
 */
const NOT_AS_PREPARED = new Set(["26000", "42P05", "0A000"]);

export const isNotAsPrepared = (error: unknown): boolean =>
  error instanceof Error && NOT_AS_PREPARED.has(String((error as { code?: unknown }).code));

/** Whether a connection ends in the server and not in a pooler, which would hand the next statement to another backend. */
const direct = new WeakMap<PgConnection, boolean>();

export const isDirect = (connection: PgConnection): boolean | undefined => direct.get(connection);

export function setDirect(connection: PgConnection, is: boolean): void {
  direct.set(connection, is);
}
