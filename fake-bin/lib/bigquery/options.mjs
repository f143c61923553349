import { FAULTS, ENDPOINTS, SHAPES, MODES, parseModes } from "./modes.mjs";
import { readFlags, readJson } from "../shared/flags.mjs";

export const HELP = `Usage: bigquery [options]

A fake of BigQuery's REST surface for jobs on 127.0.0.1. Prints its URL, then answers until its parent dies or it
gets SIGTERM. The genuine client runs on it: new BigQuery({ projectId, apiEndpoint: URL, authClient }).

  --port N           port to listen on (default 0: a free one)
  --mode M[,M...]    one for each new job; the last repeats (default $FAKE_BIGQUERY_MODE, else ok)
  --rows JSON        the rows of every result (default [{"n":1},{"n":2},{"n":3}])
  --run-ms N         how long a job runs (default 50)
  --log FILE         a JSON line per request (default $FAKE_BIGQUERY_LOG)

Modes:  ${Object.keys(MODES).join(" ")}
A mode can also be put together: SHAPE+FAULT[@ENDPOINT][xN]+..., as in running+hang@cancel or ok+503@getx2.
Shapes:    ${Object.keys(SHAPES).join(" ")}
Faults:    ${FAULTS.join(" ")}; with -after (reset-after) the request is carried out first
Endpoints: ${ENDPOINTS.join(" ")} (without one: all)

PUT /__projects/P with {"mode","rows","runMs"} sets up one project; GET /__projects/P reports its requests and its
jobs, with ?inserts=N once N were asked for; GET /__report reports on all.
`;

/** Options ready for use, or `{ problem }` with a sentence for the user. */
export function parseOptions(argv, env) {
  const read = readFlags(argv, ["mode", "rows", "run-ms", "log"]);
  if (!read.flags) return read;
  const { flags, port } = read;
  const rows = readJson("rows", flags.rows ?? '[{"n":1},{"n":2},{"n":3}]');
  if (rows.problem) return rows;
  const setup = projectSetup({
    mode: flags.mode ?? env.FAKE_BIGQUERY_MODE,
    rows: rows.value,
    runMs: Number(flags["run-ms"] ?? 50),
  });
  if (setup.problem) return setup;
  return { port, setup, log: flags.log ?? env.FAKE_BIGQUERY_LOG };
}

/** How one project answers, or `{ problem }`. */
export function projectSetup({ mode, rows, runMs }) {
  const modes = parseModes(mode || "ok");
  if (modes.problem) return modes;
  if (!Array.isArray(rows)) return { problem: "rows must be a list of objects" };
  if (!(runMs >= 0)) return { problem: "run-ms must be a number of milliseconds" };
  return { modes, rows, runMs };
}
