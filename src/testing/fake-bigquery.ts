import { startFakeServer, type FakeServer } from "./fake-server.ts";

export interface FakeBigQueryOptions {
  /** One mode, or one for each new job in turn (the last repeats). `fake-bin/bigquery --help` lists them. @default "ok" */
  readonly mode?: string | readonly string[] | undefined;
  /** The rows of every result. */
  readonly rows?: readonly Readonly<Record<string, unknown>>[] | undefined;
  /** How long a job runs, in milliseconds. @default 50 */
  readonly runMs?: number | undefined;
}

/** What was asked of one project, and what ran. */
export interface FakeBigQueryReport {
  readonly requests: readonly {
    readonly method: string;
    readonly path: string;
    readonly endpoint: "insert" | "get" | "results" | "cancel" | "query" | "list";
    readonly jobId: string;
    readonly bytes: number;
    readonly sha256: string;
    /** On the fake's own clock. */
    readonly ms: number;
  }[];
  /** How many jobs were made. */
  readonly ran: number;
  /** Ids of the jobs that run now. */
  readonly running: readonly string[];
  readonly mostAtOnce: number;
  /** The most jobs of one key (ids that differ in their `_a{n}`) at one time. */
  readonly mostOfOneKey: number;
  readonly jobs: readonly {
    readonly id: string;
    readonly state: "RUNNING" | "DONE";
    readonly cancelled: boolean;
    readonly jobTimeoutMs?: string;
  }[];
}

/** `url` is the client's `apiEndpoint`. */
export interface FakeBigQuery extends FakeServer {
  /** Sets up a project with jobs and counts of its own. */
  project(name: string, options: FakeBigQueryOptions): Promise<void>;
  /** @param inserts waits until so many jobs were asked for */
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
