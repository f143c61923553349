import type { Row } from "../columns.ts";
import type { Column } from "../sql.ts";

// The parts of `pg` that hardcall uses, by their structure: a file ledger needs neither `pg` nor its types.

export interface PgResult {
  /** The word of the command tag, such as `COMMIT`. */
  readonly command: string | null;
  readonly rowCount: number | null;
  readonly rows: readonly Row[];
}

export interface PgQuery {
  readonly text: string;
  readonly values?: readonly Column[] | undefined;
  /** Under which the connection keeps the statement. */
  readonly name?: string | undefined;
  readonly types: { getTypeParser(oid: number): (text: string) => unknown };
}

export interface PgConnection {
  /** The number of the backend as the handshake gave it; PgBouncer makes one up. */
  readonly processID?: number | null;
  /** Whether values come in binary: `binary: true` of the pool, or `pg.defaults.binary`. */
  readonly binary?: boolean | undefined;
  /** A text of several statements, which takes no values, answers with a list. */
  query(query: PgQuery): Promise<PgResult | readonly PgResult[]>;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "end", listener: () => void): unknown;
  on(event: "notification", listener: (message: { channel: string; payload?: string }) => void): unknown;
  off(event: "error", listener: (error: Error) => void): unknown;
}

export interface PgPooled extends PgConnection {
  /** @param destroy closes the connection instead of keeping it */
  release(destroy?: boolean): void;
}

/** A connection that is in no pool. */
export interface PgClient extends PgConnection {
  connect(): Promise<unknown>;
  end(): Promise<void>;
  /** The connection no longer keeps the process alive. */
  unref?(): void;
}

export interface PgPool {
  connect(): Promise<PgPooled>;
  end(): Promise<void>;
  on(event: "error", listener: (error: Error) => void): unknown;
  readonly options?: PgPoolOptions | undefined;
  readonly Client?: (new (options: PgPoolOptions) => PgClient) | undefined;
}

export interface PgPoolOptions {
  readonly connectionString?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly database?: string | undefined;
  readonly [other: string]: unknown;
}

/** The class that a pool makes its connections of, with what `pg` does not promise about it. */
export type PgClientClass = new (options: PgPoolOptions) => {
  connect(
    callback?: (error: Error | null | undefined, ...more: unknown[]) => void,
  ): Promise<unknown> | undefined;
  readonly connection?: { readonly stream?: { destroy(): void } };
};

export interface PgModule {
  readonly Pool: new (options: PgPoolOptions) => PgPool;
  readonly Client: PgClientClass;
}

/** OIDs of pg_type.dat: int8, int2, int4, float4, float8, numeric. */
const NUMBERS = new Set([20, 21, 23, 700, 701, 1700]);
const BOOLEAN = 16;

const toNumber = (text: string) => {
  const value = Number(text);
  // What a number cannot hold stays text.
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? text : value;
};
const toFlag = (text: string) => (text === "t" ? 1 : 0);
const asText = (text: string) => text;

/**
 * Rows come as SQLite gives them: numbers, texts and null, with 0 and 1 for booleans. The parsers that a user has set for the whole
 * process (`pg.types.setTypeParser`) have no say in it.
 */
export const TYPES: PgQuery["types"] = {
  getTypeParser: (oid) => (NUMBERS.has(oid) ? toNumber : oid === BOOLEAN ? toFlag : asText),
};
