import { startFakeServer, type FakeServer } from "./fake-server.ts";

export interface FakeBigQueryOptions {
  /** One mode, or a list with one mode per new job (the last one repeats). `fake-bin/bigquery --help` lists them. @default "ok" */
  readonly mode?: string | readonly string[] | undefined;
  /** The rows of every result. */
  readonly rows?: readonly Readonly<Record<string, unknown>>[] | undefined;
  /** How long a job runs, in milliseconds. @default 50 */
  readonly runMs?: number | undefined;
}

/** The requests and jobs of one project. */
export interface FakeBigQueryReport {
  readonly requests: readonly {
    readonly method: string;
    readonly path: string;
    readonly endpoint: "insert" | "get" | "results" | "cancel" | "query" | "list";
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
 * const client = new BigQuery({ projectId: "test", apiEndpoint: fake.url, authClient: new PassThroughClient() });
 */
export async function fakeBigQuery(options: FakeBigQueryOptions = {}): Promise<FakeBigQuery> {
  const { mode, rows, runMs } = options;
  const args: string[] = [];
  if (mode !== undefined) args.push("--mode", [mode].flat().join(","));
  if (rows !== undefined) args.push("--rows", JSON.stringify(rows));
  if (runMs !== undefined) args.push("--run-ms", String(runMs));
  const server = await startFakeServer("bigquery", args);
  const ask = async (where: string, init?: RequestInit) => {
    const answer = await fetch(`${server.url}/__projects/${where}`, init);
    const body = (await answer.json()) as { readonly problem?: string };
    if (!answer.ok) throw new Error(body.problem ?? `the fake answered ${answer.status}`);
    return body;
  };
  return {
    ...server,
    project: async (name, setup) => {
      const body = { ...setup, ...(setup.mode !== undefined && { mode: [setup.mode].flat().join(",") }) };
      await ask(name, { method: "PUT", body: JSON.stringify(body) });
    },
    report: async (name, inserts = 0) => (await ask(`${name}?inserts=${inserts}`)) as FakeBigQueryReport,
  };
}
