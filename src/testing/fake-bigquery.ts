import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { fileURLToPath } from "node:url";

export interface FakeBigQueryOptions {
  /** One for each new job, comma-separated; the last repeats. `fake-bin/bigquery --help` lists them. @default "ok" */
  readonly mode?: string | undefined;
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

export interface FakeBigQuery extends AsyncDisposable {
  /** The client's `apiEndpoint`. */
  readonly url: string;
  /** Sets up a project of its own, with its own jobs and counts. */
  project(name: string, options: FakeBigQueryOptions): Promise<void>;
  /** @param inserts waits until so many jobs were asked for */
  report(project: string, inserts?: number): Promise<FakeBigQueryReport>;
  stop(): Promise<void>;
}

/**
 * Starts the fake BigQuery (`fake-bin/bigquery`) on a free port. It ends with this process.
 *
 * @example
 * await using fake = await fakeBigQuery({ mode: "hang-results,ok" });
 * const client = new BigQuery({ projectId: "test", apiEndpoint: fake.url, authClient: new PassThroughClient() });
 */
export async function fakeBigQuery(options: FakeBigQueryOptions = {}): Promise<FakeBigQuery> {
  const root = path.dirname(fileURLToPath(import.meta.resolve("hardcall/package.json")));
  const args = [
    path.join(root, "fake-bin", "bigquery"),
    ...(options.mode === undefined ? [] : ["--mode", options.mode]),
    ...(options.rows === undefined ? [] : ["--rows", JSON.stringify(options.rows)]),
    ...(options.runMs === undefined ? [] : ["--run-ms", String(options.runMs)]),
  ];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  const url = await firstLine(child.stdout, once(child, "exit"));
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill();
    await once(child, "exit");
  };
  const ask = async (where: string, init?: RequestInit) => {
    const answer = await fetch(`${url}/__projects/${where}`, init);
    const body = (await answer.json()) as { readonly problem?: string };
    if (!answer.ok) throw new Error(body.problem ?? `the fake answered ${answer.status}`);
    return body;
  };
  return {
    url,
    stop,
    [Symbol.asyncDispose]: stop,
    project: async (name, setup) => {
      await ask(name, { method: "PUT", body: JSON.stringify(setup) });
    },
    report: async (name, inserts = 0) => (await ask(`${name}?inserts=${inserts}`)) as FakeBigQueryReport,
  };
}

async function firstLine(stdout: NodeJS.ReadableStream, exit: Promise<unknown>): Promise<string> {
  let text = "";
  const line = (async () => {
    for await (const chunk of stdout) {
      text += String(chunk);
      if (text.includes("\n")) return text.slice(0, text.indexOf("\n"));
    }
    return undefined;
  })();
  const url = await Promise.race([line, exit.then(() => undefined)]);
  if (url === undefined) throw new Error("the fake BigQuery ended before it said where it listens");
  return url;
}
