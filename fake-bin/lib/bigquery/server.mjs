import { createHash } from "node:crypto";
import { appendFileSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import { urlOf } from "../shared/request-url.mjs";
import { sendFault } from "./faults.mjs";
import { checkJob } from "./jobs/check-job.mjs";
import { configurationOf } from "./jobs/configuration.mjs";
import { JOB_ANSWERS } from "./jobs/job-answers.mjs";
import { TABLE_ANSWERS } from "./jobs/table-answers.mjs";
import { tableOf } from "./jobs/tables.mjs";
import { discoveryDocument } from "./rest/discovery.mjs";
import { endpointOf } from "./rest/endpoints.mjs";
import { faultOfTheFake, InvalidInput, notInTheFake, problem } from "./rest/errors.mjs";
import { parseBody, readBody, readQuery } from "./rest/request.mjs";
import { send } from "./rest/send.mjs";
import { serveTestInterface } from "./test-interface.mjs";
import { World } from "./world.mjs";

const ANSWERS = { ...JOB_ANSWERS, ...TABLE_ANSWERS };
const DISCOVERY = ["/$discovery/rest", "/discovery/v1/apis/bigquery/v2/rest"];

/** Listens on the loopback interface only. @returns its URL */
export async function startServer(options) {
  const world = new World(options.setup);
  const server = createServer((request, response) => {
    serve(request, response, { world, log: options.log }).catch((error) => {
      if (error instanceof InvalidInput) return send(response, problem(400, "invalid", error.message));
      // A client that hangs up must not end the server for the others. Any other error is a fault of the fake.
      if (error.code === "ECONNRESET") return response.destroy();
      process.stderr.write(`bigquery: ${error.stack}\n`);
      // Clients would send the same again for minutes if the connection broke.
      return response.headersSent ? response.destroy() : send(response, faultOfTheFake(error));
    });
  });
  // No limits of the server's own: in the mode hang the client has to give up by itself.
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  // Google's servers keep an idle connection for minutes; a client that is slow between two requests relies on it.
  server.keepAliveTimeout = 0;
  server.listen(options.port, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${server.address().port}`;
}

async function serve(request, response, { world, log }) {
  const { pathname, searchParams } = urlOf(request);
  const bytes = await readBody(request);
  if (pathname.startsWith("/__")) {
    return serveTestInterface({ request, response, pathname, searchParams, bytes, world });
  }
  if (DISCOVERY.includes(pathname)) {
    return send(response, { status: 200, body: discoveryDocument(`http://${request.headers.host}`) });
  }
  // With BIGQUERY_EMULATOR_HOST the client leaves out its usual prefix.
  const found = endpointOf(request.method, pathname.replace(/^\/bigquery\/v2/, ""));
  const head = { method: request.method, path: pathname };
  const tail = { bytes: bytes.length, sha256: sha256(bytes) };
  const alt = searchParams.get("alt") ?? "json";
  if (found === undefined || alt !== "json") {
    writeLog(log, { ...head, endpoint: "none", ...tail });
    const what =
      found === undefined ? `the endpoint ${request.method} ${pathname}` : `answers with alt=${alt}`;
    return send(response, notInTheFake(what));
  }
  const { endpoint, parts } = found;
  const body = endpoint.body ? parseBody(bytes, request.headers["content-encoding"]) : {};
  const project = world.project(parts.projectId);
  const { jobId, configuration, isInsert } = concerned(project, { endpoint, parts, body });
  const line = { ...head, endpoint: endpoint.name, jobId, ...tail };
  const fault = project.requests.note({ ...line, isInsert });
  writeLog(log, { ...line, fault: fault?.kind });
  const answer = () =>
    ANSWERS[endpoint.name](project, { jobId, parts, body, configuration, query: readQuery(searchParams) });
  if (fault === undefined) return send(response, await answer());
  if (fault.after) await answer();
  return sendFault(request, response, fault.kind);
}

/** The job that a request concerns: a new one, one that is there, the one that wrote a table, or none (`""`). */
function concerned(project, { endpoint, parts, body }) {
  if (endpoint.body === undefined) {
    const { jobId = tableOf(project, parts)?.job.jobId ?? "" } = parts;
    return { jobId, isInsert: false };
  }
  const configuration = endpoint.name === "query" ? configurationOf(body) : body.configuration;
  const isInsert = checkJob(project, body, configuration).refusal === undefined && !configuration.dryRun;
  return { jobId: isInsert ? idOfNewJob(project, body) : "", configuration, isInsert };
}

/** A client that sends a request to jobs.query again, with the same requestId, gets the job that it has. */
const idOfNewJob = (project, { jobReference, requestId }) =>
  jobReference?.jobId || project.requests.jobOfRequest(requestId);

function sha256(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}

function writeLog(file, line) {
  if (file) appendFileSync(file, `${JSON.stringify({ time: new Date().toISOString(), ...line })}\n`);
}
