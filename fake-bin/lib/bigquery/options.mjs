import { readFileSync } from "node:fs";
import { misspeltVariable, readFlags, readJson } from "../shared/flags.mjs";
import { FAULTS, ENDPOINTS, SHAPES, MODES } from "./jobs/modes.mjs";
import { InvalidInput } from "./rest/errors.mjs";
import { projectSetup } from "./setup.mjs";

export const HELP = `Usage: bigquery [options]

A fake of BigQuery's REST surface for jobs on 127.0.0.1. Prints its URL, then answers until its parent dies or it
gets SIGTERM. The genuine client runs on it: new BigQuery({ projectId, apiEndpoint: URL, authClient }).

  --port N           port to listen on (default 0: a free one)
  --mode M[,M...]    one for each new job; the last repeats (default $FAKE_BIGQUERY_MODE, else ok)
  --rows JSON        the rows of every result (default [{"n":1},{"n":2},{"n":3}])
  --rows-file FILE   the same from a file: a command line has room for about 128 KiB
  --schema JSON      the fields of the rows, such as [{"name":"at","type":"TIMESTAMP"}] (default: as the rows show)
  --run-ms N         how long a job runs (default 50)
  --log FILE         a JSON line per request (default $FAKE_BIGQUERY_LOG)

Modes:  ${Object.keys(MODES).join(" ")}
A mode can also be put together: SHAPE+FAULT[@ENDPOINT][xN]+..., as in running+hang@cancel or ok+503@getx2.
Shapes:    ${Object.keys(SHAPES).join(" ")}
Faults:    ${FAULTS.join(" ")}; with -after (reset-after) the request is carried out first
Endpoints: ${ENDPOINTS.join(" ")} (without one: all)

PUT /__projects/P with {"mode","rows","schema","runMs"} sets up one project; GET /__projects/P reports its requests
and its jobs, with ?inserts=N once N were asked for; GET /__report reports on all. PUT /__setup sets up all others.
`;

/** Options ready for use, or `{ problem }` with a sentence for the user. */
export function parseOptions(argv, env) {
  const read = readFlags(argv, ["mode", "rows", "rows-file", "schema", "run-ms", "log"]);
  if (!read.flags) return read;
  const misspelt = misspeltVariable(env, "FAKE_BIGQUERY_", ["FAKE_BIGQUERY_MODE", "FAKE_BIGQUERY_LOG"]);
  if (misspelt !== undefined) return { problem: misspelt };
  const { flags, port } = read;
  try {
    const setup = projectSetup({
      mode: flags.mode ?? env.FAKE_BIGQUERY_MODE,
      rows: flags["rows-file"] === undefined ? json("rows", flags.rows) : jsonOfFile(flags["rows-file"]),
      schema: json("schema", flags.schema),
      runMs: Number(flags["run-ms"] || 50),
    });
    return { port, setup, log: flags.log ?? env.FAKE_BIGQUERY_LOG };
  } catch (error) {
    if (error instanceof InvalidInput) return { problem: error.message };
    throw error;
  }
}

function json(name, text) {
  if (text === undefined) return undefined;
  const { value, problem } = readJson(name, text);
  if (problem !== undefined) throw new InvalidInput(problem);
  return value;
}

function jsonOfFile(file) {
  let text;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new InvalidInput(`--rows-file cannot be read: ${error.message}`);
  }
  return json("rows-file", text);
}
