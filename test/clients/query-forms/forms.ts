/** A way to run a query, as people write it. The same text runs with the genuine client and goes through the merge gate. */
export interface Form {
  /** In the table, where `code` has more than a line. */
  readonly title?: string;
  /** Comes before it, and is not in the table. */
  readonly before?: string;
  readonly code: string;
  /** Modules that it needs besides the client. */
  readonly needs?: readonly string[];
  /** Whether it ends in every mode, within the client's own 120 s for reading results. */
  readonly ends: boolean;
  /** The merge gate sees the call in it, and not the limit around it. */
  readonly limitIsOutside?: true;
}

/** In what follows each request may take 3 s, and each retry 10 s. */
const RETRY = `retry = bigquery.DEFAULT_RETRY.with_timeout(10)
`;
const AGAIN = `${RETRY}from google.cloud.bigquery.retry import DEFAULT_JOB_RETRY
again = DEFAULT_JOB_RETRY.with_timeout(10)
`;
const READ_GBQ = `from google.auth.credentials import AnonymousCredentials
import pandas_gbq
options = dict(bigquery_client=client, credentials=AnonymousCredentials(), project_id=client.project, progress_bar_type=None)
`;

export const PYTHON: readonly Form[] = [
  { code: "client.query(sql).result()", ends: false },
  { code: "client.query(sql).result(timeout=3)", ends: false },
  { code: "client.query(sql, timeout=3).result(timeout=3)", ends: false },
  {
    before: RETRY,
    code: "client.query(sql, timeout=3, retry=retry).result(timeout=3, retry=retry)",
    ends: false,
  },
  {
    before: AGAIN,
    code: "client.query(sql, timeout=3, retry=retry, job_retry=again).result(timeout=3, retry=retry)",
    ends: false,
  },
  {
    before: RETRY,
    code: "client.query(sql, timeout=3, retry=retry, job_retry=None).result(timeout=3, retry=retry)",
    ends: true,
  },
  {
    before: RETRY,
    title: "the same, then `job.cancel(timeout=3, retry=retry)` after an error",
    code: `job = client.query(sql, timeout=3, retry=retry, job_retry=None)
try:
    rows = job.result(timeout=3, retry=retry)
except Exception:
    job.cancel(timeout=3, retry=retry)
    raise`,
    ends: true,
  },
  {
    before: "retry = bigquery.DEFAULT_RETRY.with_timeout(150)\n",
    code: "client.query(sql, timeout=150, retry=retry, job_retry=None).result(timeout=150, retry=retry)",
    ends: true,
  },
  {
    code: "client.query(sql, timeout=3, retry=None, job_retry=None).result(timeout=3, retry=None)",
    ends: true,
  },
  {
    code: "client.query(sql, job_config=bigquery.QueryJobConfig(job_timeout_ms=3000)).result()",
    ends: false,
  },
  { code: "client.query_and_wait(sql)", ends: false },
  { code: "client.query_and_wait(sql, wait_timeout=3, api_timeout=3)", ends: false },
  {
    before: RETRY,
    code: "client.query_and_wait(sql, wait_timeout=3, api_timeout=3, retry=retry)",
    ends: false,
  },
  {
    before: RETRY,
    code: "client.query_and_wait(sql, wait_timeout=3, api_timeout=3, retry=retry, job_retry=None)",
    ends: true,
  },
  { code: "list(client.query(sql))", ends: false },
  { code: "client.query(sql).to_dataframe(timeout=3)", needs: ["pandas", "db_dtypes"], ends: false },
  { before: READ_GBQ, code: "pandas_gbq.read_gbq(sql, **options)", needs: ["pandas_gbq"], ends: false },
  {
    before: `${READ_GBQ}options["configuration"] = {"query": {"timeoutMs": 3000}}\n`,
    title: '`pandas_gbq.read_gbq(sql, configuration={"query": {"timeoutMs": 3000}})`',
    code: "pandas_gbq.read_gbq(sql, **options)",
    needs: ["pandas_gbq"],
    ends: false,
  },
  {
    title: "`while not job.done()` with a deadline of 10 s in the loop",
    before: "import time\nend = time.monotonic() + 10\n",
    code: `job = client.query(sql, timeout=3, retry=None, job_retry=None)
while not job.done():
    if time.monotonic() > end:
        raise TimeoutError(job.job_id)
    time.sleep(0.5)
rows = job.result(timeout=3, retry=None)`,
    ends: false,
  },
  {
    title: "the same with `job.done(timeout=3, retry=None)`",
    before: "import time\nend = time.monotonic() + 10\n",
    code: `job = client.query(sql, timeout=3, retry=None, job_retry=None)
while not job.done(timeout=3, retry=None):
    if time.monotonic() > end:
        raise TimeoutError(job.job_id)
    time.sleep(0.5)
rows = job.result(timeout=3, retry=None)`,
    ends: true,
  },
  {
    title: "`ThreadPoolExecutor`: `.result(timeout=3)` of a thread with `client.query(sql).result()`",
    before: "from concurrent.futures import ThreadPoolExecutor\n",
    code: `with ThreadPoolExecutor() as pool:
    rows = pool.submit(lambda: list(client.query(sql).result())).result(timeout=3)`,
    ends: false,
  },
  {
    title: "`signal.alarm(10)`, whose handler raises `TimeoutError`, around `client.query(sql).result()`",
    before: `import signal
def late(*_):
    raise TimeoutError()
signal.signal(signal.SIGALRM, late)
signal.alarm(10)
`,
    code: "client.query(sql).result()",
    ends: false,
  },
  {
    title: "the same, with an exception that derives from `Exception` alone",
    before: `import signal
class Late(Exception):
    pass
def late(*_):
    raise Late()
signal.signal(signal.SIGALRM, late)
signal.alarm(10)
`,
    code: "client.query(sql).result()",
    ends: true,
    limitIsOutside: true,
  },
];

export const NODE: readonly Form[] = [
  { code: "const [rows] = await bigquery.query(sql);", ends: false },
  { code: "const [rows] = await bigquery.query({ query: sql, jobTimeoutMs: 3000 });", ends: false },
  { code: "const [rows] = await bigquery.query({ query: sql }, { timeoutMs: 3000 });", ends: false },
  {
    title: "`createQueryJob()`, then `job.getQueryResults({ timeoutMs: 3000 })`",
    code: `const [job] = await bigquery.createQueryJob({ query: sql });
const [rows] = await job.getQueryResults({ timeoutMs: 3000 });`,
    ends: false,
  },
  {
    title: "`createQueryJob()`, then a loop over `job.getMetadata()` with a deadline of 3 s",
    code: `const end = Date.now() + 3000;
const [job] = await bigquery.createQueryJob({ query: sql });
for (;;) {
  const [{ status }] = await job.getMetadata();
  if (status.state === "DONE") break;
  if (Date.now() > end) throw new Error("late");
  await new Promise((resolve) => setTimeout(resolve, 500));
}
const [rows] = await job.getQueryResults();`,
    ends: false,
  },
  {
    title:
      "`pTimeout(bigquery.query(sql), { milliseconds: 3000 })`: the wait ends, the request and the job do not",
    code: "const [rows] = await pTimeout(bigquery.query(sql), { milliseconds: 3000 });",
    ends: true,
  },
  {
    title: '`defineCall` with `bigqueryQuery`, `timeout: "3s"` and `cancelGrace: "2s"`: the job is cancelled',
    code: `const report = defineCall({
  name: "report",
  callee: bigqueryQuery({ client: bigquery, query: sql, rows: "any", cancelGrace: "2s" }),
  timeout: "3s",
  effects: "none",
});
const rows = (await report()).value;`,
    ends: true,
  },
];
