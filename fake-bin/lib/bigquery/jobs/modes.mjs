import { hint } from "../../shared/edit-distance.cjs";

/** How a job goes. Each is a function of the project's setup; times are milliseconds since the job was made. */
export const SHAPES = {
  ok: ({ runMs }) => ({ endsAt: runMs }),
  empty: ({ runMs }) => ({ endsAt: runMs, rows: [] }),
  slow: ({ runMs }) => ({ endsAt: Math.max(runMs, 900) }),
  running: () => ({ endsAt: Infinity }),
  // Ends later than the caller waits, and ignores a cancel until then.
  "late-done": () => ({ endsAt: 3500, onCancel: "ignore" }),
  "cancel-ignored": () => ({ endsAt: Infinity, onCancel: "ignore" }),
  "cancel-lost": () => ({ endsAt: Infinity, onCancel: "succeed" }),
  failed: failing("invalidQuery", "Syntax error"),
  "backend-error": failing(
    "backendError",
    "Error encountered during execution. Retrying may solve the problem.",
  ),
  "job-rate-limit": failing("jobRateLimitExceeded", "Job exceeded rate limits"),
  "job-quota": failing("quotaExceeded", "Quota exceeded: your project exceeded quota"),
  stopped: failing("stopped", "Job execution was cancelled: User requested cancellation"),
  "script-failed": ({ runMs }) => ({
    ...failing("invalidQuery", "Query error")({ runMs }),
    statementType: "SCRIPT",
  }),
  pages: ({ runMs }) => ({ endsAt: runMs, pageRows: 1 }),
  // The first page gives the total of rows but no token for a next page.
  partial: ({ runMs }) => ({ endsAt: runMs, pageRows: 1, lastPage: true }),
  incomplete: ({ runMs }) => ({ endsAt: runMs, incomplete: true }),
  // The id is taken by a job that asks for something else.
  foreign: ({ runMs }) => ({ endsAt: runMs, foreign: true }),
};

export const FAULTS = [
  "hang",
  "reset",
  "empty-object",
  "truncated",
  "502",
  "503",
  "404",
  "rate-limit",
  "quota",
  "denied",
];

/** Where a fault can be: `rows` is tabledata.list, which some clients use to read a job's rows. */
export const ENDPOINTS = ["insert", "get", "results", "cancel", "query", "list", "delete", "rows", "table"];

/** Mode name -> its shape and faults, in the notation that `parseModes` reads. */
export const MODES = {
  ...Object.fromEntries(Object.keys(SHAPES).map((shape) => [shape, shape])),
  fail: "failed",
  hang: "ok+hang",
  "hang-insert": "ok+hang@insert",
  "hang-insert-after": "ok+hang-after@insertx1",
  "hang-get": "running+hang@get",
  "hang-results": "ok+hang@results",
  "hang-cancel": "running+hang@cancel",
  "reset-after-commit": "ok+reset-after@insertx1",
  "conflict-then-404": "ok+reset-after@insertx1+404@getx3",
  conflict: "foreign",
  "empty-object": "ok+empty-object",
  "empty-object-insert": "ok+empty-object-after@insertx1",
  "empty-object-get": "ok+empty-object@getx2",
  "empty-object-results": "ok+empty-object@resultsx1",
  truncated: "ok+truncated",
  "truncated-get": "ok+truncated@getx2",
  "truncated-results": "ok+truncated@resultsx1",
  "html-502": "ok+502",
  "html-502-get": "ok+502@getx2",
  503: "ok+503@insertx1+503@getx1",
  "503-forever": "ok+503",
  "rate-limit": "ok+rate-limit@insertx1",
  "rate-limit-forever": "ok+rate-limit@insert",
  quota: "ok+quota@insert",
  denied: "ok+denied@insert",
};

const PART = /^([a-z0-9-]+?)(-after)?(?:@([a-z]+?))?(?:x(\d+))?$/;

/** The modes of a comma-separated list, each as `{ name, shape, faults }`, or `{ problem }`. */
export function parseModes(text) {
  const modes = [];
  for (const name of text.split(",").map((item) => item.trim())) {
    const mode = { name, shape: "ok", faults: [] };
    for (const part of (Object.hasOwn(MODES, name) ? MODES[name] : name).split("+")) {
      if (Object.hasOwn(SHAPES, part)) {
        mode.shape = part;
        continue;
      }
      const [, kind, after, endpoint, times] = PART.exec(part) ?? [];
      if (!FAULTS.includes(kind) || (endpoint !== undefined && !ENDPOINTS.includes(endpoint))) {
        const names = Object.keys(MODES);
        return { problem: `unknown mode '${name}'${hint(name, names)}. Modes are: ${names.join(" ")}` };
      }
      mode.faults.push({ kind, after: after !== undefined, endpoint, times: Number(times ?? Infinity) });
    }
    modes.push(mode);
  }
  return modes;
}

function failing(reason, message) {
  return ({ runMs }) => ({ endsAt: runMs, error: { reason, message, location: "query" } });
}
