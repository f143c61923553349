import type { Kinds } from "../core/options.ts";
import { checkOptions } from "./check-options.ts";
import { startFakeServer, type FakeServer } from "./fake-server.ts";

/** A column, as in a table schema of BigQuery's REST interface. */
export interface FakeBigQueryField {
  readonly name: string;
  /** Such as `INT64`, `TIMESTAMP` or `STRUCT`; the older names, such as `INTEGER`, are known as well. */
  readonly type: string;
  /** @default "NULLABLE" */
  readonly mode?: "NULLABLE" | "REQUIRED" | "REPEATED" | undefined;
  /** The columns of a `STRUCT`. */
  readonly fields?: readonly FakeBigQueryField[] | undefined;
}

export interface FakeBigQueryOptions {
  /** One mode, or a list with one mode per new job (the last one repeats). `fake-bin/bigquery --help` lists them. @default "ok" */
  readonly mode?: string | readonly string[] | undefined;
  /** The rows of every result, any number of them. They are sent as JSON, so a `Date` arrives as text. @default `[{ n: 1 }, { n: 2 }, { n: 3 }]` */
  readonly rows?: readonly Readonly<Record<string, unknown>>[] | undefined;
  /**
   * The columns of the rows. Without it, the fake takes them from all rows: numbers become INTEGER or FLOAT, text STRING, objects RECORD,
   * lists REPEATED. Other types, such as TIMESTAMP, need it.
   */
  readonly schema?: readonly FakeBigQueryField[] | undefined;
  /** How long a job runs, in milliseconds. @default 50 */
  readonly runMs?: number | undefined;
}

/** The requests and jobs of one project. */
export interface FakeBigQueryReport {
  readonly requests: readonly {
    readonly method: string;
    readonly path: string;
    /** `rows` is tabledata.list; `table`, `tables`, `dataset` and `datasets` read their descriptions. */
    readonly endpoint:
      | "insert"
      | "get"
      | "results"
      | "cancel"
      | "query"
      | "list"
      | "delete"
      | "rows"
      | "table"
      | "tables"
      | "dataset"
      | "datasets";
    /** Empty for a request that concerns no job, such as a list of jobs or a dry run. */
    readonly jobId: string;
    readonly bytes: number;
    readonly sha256: string;
    /** When it came, on the fake's own clock. */
    readonly ms: number;
  }[];
  /** How many jobs were started. */
  readonly ran: number;
  /** Ids of the jobs that are running. */
  readonly running: readonly string[];
  /** The most jobs that ran at the same time. */
  readonly mostAtOnce: number;
  /** The most jobs of one key that ran at the same time. Their ids differ only in `_a{n}`. */
  readonly mostOfOneKey: number;
  readonly jobs: readonly {
    readonly id: string;
    readonly state: "RUNNING" | "DONE";
    readonly cancelled: boolean;
    readonly jobTimeoutMs?: string;
  }[];
}

/** A running fake BigQuery. Pass its `url` to the client as `apiEndpoint`. */
export interface FakeBigQuery extends FakeServer {
  /** Creates a project with its own jobs and counts. */
  project(name: string, options: FakeBigQueryOptions): Promise<void>;
  /**
   * Reports the requests and jobs of a project.
   *
   * @param inserts how many inserts to wait for
   */
  report(project: string, inserts?: number): Promise<FakeBigQueryReport>;
}

/**
 * Starts the fake BigQuery (`fake-bin/bigquery`) on a free port. It ends with this process.
 *
 * @example
 * await using fake = await fakeBigQuery({ mode: ["hang-results", "ok"] });
 * const authClient = new OAuth2Client(); // of google-auth-library
 * authClient.setCredentials({ access_token: "none" });
 * const client = new BigQuery({ projectId: "test", apiEndpoint: fake.url, authClient: authClient as never });
 */
export async function fakeBigQuery(options: FakeBigQueryOptions = {}): Promise<FakeBigQuery> {
  const setup = setupOf(options);
  const server = await startFakeServer("bigquery", []);
  const ask = async (where: string, init?: RequestInit) => {
    const answer = await fetch(`${server.url}/${where}`, init);
    const body = (await answer.json()) as { readonly problem?: string };
    if (!answer.ok)
      throw new TypeError(`fakeBigQuery(): ${body.problem ?? `the fake answered ${answer.status}`}`);
    return body;
  };
  try {
    // The rows go over HTTP: a command line has room for about 128 KiB.
    if (setup !== "{}") await ask("__setup", { method: "PUT", body: setup });
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
  return {
    ...server,
    project: async (name, given) => {
      await ask(`__projects/${name}`, { method: "PUT", body: setupOf(given) });
    },
    report: async (name, inserts = 0) =>
      (await ask(`__projects/${name}?inserts=${inserts}`)) as unknown as FakeBigQueryReport,
  };
}

const KINDS: Kinds<FakeBigQueryOptions> = {
  mode: "anything",
  rows: "a list",
  schema: "a list",
  runMs: "a number",
};

/** @throws TypeError before anything starts */
function setupOf(options: FakeBigQueryOptions): string {
  const read = checkOptions("fakeBigQuery", options, KINDS);
  return JSON.stringify(read, function (this: Record<string, unknown>, name, value: unknown) {
    const strange = notPlain(this[name]);
    if (strange !== undefined) throw notInJson(name, ...strange);
    // JSON would refuse the one without a hint, and make null of the other.
    if (typeof value === "bigint") throw notInJson(name, "a BigInt", "INT64");
    if (typeof value === "number" && !Number.isFinite(value)) throw notInJson(name, String(value), "FLOAT64");
    return value;
  });
}

/** What JSON would make another value of without a word: a `Map` would become `{}`, a `Buffer` a list of numbers. */
function notPlain(value: unknown): readonly [what: string, type: string] | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  if (value instanceof Date)
    return Number.isNaN(value.getTime()) ? ["an invalid Date", "TIMESTAMP"] : undefined;
  if (ArrayBuffer.isView(value)) return [`a ${value.constructor.name}`, "BYTES (in base64)"];
  const proto: unknown = Object.getPrototypeOf(value);
  // An object of another realm, such as Jest's, has another Object.prototype; that one has no prototype either.
  const isPlain = proto === null || Object.getPrototypeOf(proto) === null;
  return isPlain ? undefined : [`a ${value.constructor.name}`, "its type"];
}

const notInJson = (name: string, what: string, type: string) =>
  new TypeError(`fakeBigQuery(): ${name} is ${what}; write it as text, with a schema that says ${type}`);
