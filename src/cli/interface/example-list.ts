/** An example of the package that `hardcall example` lists and copies. */
export interface Example {
  readonly name: string;
  /** One line for the list. */
  readonly about: string;
  /** Without them the example is the whole folder of its name. */
  readonly files?: readonly string[];
  /** The npm packages that it imports, as `npm install` takes them. */
  readonly needs: readonly string[];
  /** The first thing to try, without credentials. The example's own header shows the same lines; a test compares them. */
  readonly run: readonly string[];
}

/** What several examples have. A copy of one leaves the file of an earlier copy as it is, if that has not been changed. */
export const SHARED_FILES: ReadonlySet<string> = new Set(["exit-code.mts"]);

export const EXAMPLES: readonly Example[] = [
  {
    name: "bigquery-report",
    about: "a BigQuery query that ends on time, is cancelled and retried; before and after",
    files: ["bigquery-report.mts", "bigquery-report-try.mts", "exit-code.mts"],
    needs: ["hardcall", "zod", "@google-cloud/bigquery", "google-auth-library"],
    run: ["node bigquery-report-try.mts"],
  },
  {
    name: "claude-draft",
    about: "asks claude for a draft as JSON, validates it, retries where that can help",
    files: ["claude-draft.mts", "exit-code.mts"],
    needs: ["hardcall", "zod"],
    run: [
      'PATH="$(npx hardcall fake-bin):$PATH" FAKE_CLAUDE_MODE=rate-limit,ok FAKE_CLAUDE_STATE_DIR="$(mktemp -d)" node claude-draft.mts',
    ],
  },
  {
    name: "cron-job",
    about: "a shell script for crontab: replaces a file with a command's output, whole or not at all",
    files: ["cron-job.sh"],
    needs: ["hardcall"],
    run: ["npx -c './cron-job.sh report.txt run -- date'", "cat report.txt"],
  },
  {
    name: "demo",
    about: "claude, codex and gemini in 114 ways: plain wrappers beside hardcall (1 min)",
    needs: ["hardcall", "zod"],
    run: ["node main.mts"],
  },
  {
    name: "detached-job",
    about: "a job driver of your own: a local command that outlives its caller and is found again",
    files: ["detached-job.mts", "exit-code.mts"],
    needs: ["hardcall"],
    run: ["node detached-job.mts backup-1 sh -c 'sleep 2; echo saved'"],
  },
  {
    name: "fleet",
    about: "workers on several machines: pg-boss hands out jobs, Postgres remembers what was done",
    needs: ["hardcall", "pg-boss@12.35.0", "pg"],
    run: ["node try.mts"],
  },
  {
    name: "merge-gate",
    about: "checks for pull requests: calls without a time limit, tests that assert their own mock",
    needs: [],
    run: ["npm ci", "npm test", "node bin/check.ts bin lib"],
  },
  {
    name: "property-configs",
    about: "checks six configuration files against each other: finds the one 0 among them",
    needs: ["zod"],
    run: ["node check.mts configs"],
  },
  {
    name: "publish-once",
    about: "publishes a post over HTTP once, also if the service does not answer in time",
    files: ["publish-once.mts", "publish-once-try.mts", "exit-code.mts"],
    needs: ["hardcall"],
    run: ["node publish-once-try.mts"],
  },
  {
    name: "python",
    about: "a Python module to copy: run(), claude(), codex(), gemini(); a scheduled job and its tests",
    needs: ["hardcall"],
    run: ["npx -c 'python3 -m unittest'"],
  },
  {
    name: "sentinels",
    about: "alerts when new files, rows or feed items stop appearing",
    needs: ["hardcall"],
    run: [
      "mkdir -p reports && echo a report of 2020 > reports/old.txt && touch -t 202001010000 reports/old.txt",
      "npx hardcall sentinel check --config sentinels.json --ledger try.db",
      "date > reports/new.txt",
      "npx hardcall sentinel check --config sentinels.json --ledger try.db",
      "cat alerts.txt",
    ],
  },
];
