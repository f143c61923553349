import { createHash, randomUUID } from "node:crypto";
import { appendFileSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import { projectSetup } from "./options.mjs";
import { isDone, Project } from "./project.mjs";
import { jobResource, resultsResource } from "./resources.mjs";

const DEFAULT_WAIT_MS = 10_000;
const ROUTES = [
  ["POST", /^\/projects\/([^/]+)\/jobs$/, "insert"],
  ["GET", /^\/projects\/([^/]+)\/jobs$/, "list"],
  ["GET", /^\/projects\/([^/]+)\/jobs\/([^/]+)$/, "get"],
  ["POST", /^\/projects\/([^/]+)\/jobs\/([^/]+)\/cancel$/, "cancel"],
  ["GET", /^\/projects\/([^/]+)\/queries\/([^/]+)$/, "results"],
  ["POST", /^\/projects\/([^/]+)\/queries$/, "query"],
];

/** Listens on the loopback interface only. @returns its URL */
export async function startServer(options) {
  const projects = new Map();
  const project = (name) => {
    if (!projects.has(name)) projects.set(name, new Project(name, options.setup));
    return projects.get(name);
  };
  const server = createServer((request, response) => {
    // A client that hangs up must not end the server for the others.
    serve(request, response, { projects, project, options }).catch(() => response.destroy());
  });
  // No limits of the server's own: in the mode hang the client has to give up by itself.
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  server.listen(options.port, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${server.address().port}`;
}

async function serve(request, response, world) {
  const { pathname, searchParams } = new URL(request.url, "http://127.0.0.1");
  const body = await readBody(request);
  if (pathname.startsWith("/__"))
    return serveTestInterface(request, response, pathname, searchParams, body, world);
  // With BIGQUERY_EMULATOR_HOST the client leaves out its usual prefix.
  const path = pathname.replace(/^\/bigquery\/v2/, "");
  for (const [method, pattern, endpoint] of ROUTES) {
    const match = method === request.method ? pattern.exec(path) : null;
    if (match === null) continue;
    const asked = endpoint === "insert" || endpoint === "query" ? JSON.parse(body.toString()) : {};
    const jobId = match[2] ?? asked.jobReference?.jobId ?? randomUUID();
    const line = { method, path: pathname, endpoint, jobId, bytes: body.length, sha256: sha256(body) };
    const project = world.project(match[1]);
    const fault = project.noteRequest(line);
    log(world.options.log, { ...line, fault: fault?.kind });
    const answer = () =>
      ANSWERS[endpoint](project, jobId, { asked, query: Object.fromEntries(searchParams) });
    if (fault === undefined) return send(response, await answer());
    if (fault.after) await answer();
    return sendFault(request, response, fault.kind);
  }
  return send(response, problem(404, "notFound", "Not Found"));
}

const ANSWERS = {
  insert(project, jobId, { asked: { configuration, jobReference = {} } }) {
    const job = project.create(jobId, { configuration, location: jobReference.location });
    if (job !== undefined) return { status: 200, body: jobResource(job) };
    const { project: name, location } = project.job(jobId);
    return problem(409, "duplicate", `Already Exists: Job ${name}:${location}.${jobId}`, "ALREADY_EXISTS");
  },
  get: (project, jobId) => withJob(project, jobId, (job) => ({ status: 200, body: jobResource(job) })),
  cancel: (project, jobId) =>
    withJob(project, jobId, (job) => {
      project.cancel(job);
      return { status: 200, body: { kind: "bigquery#jobCancelResponse", job: jobResource(job) } };
    }),
  results: (project, jobId, { query }) => withJob(project, jobId, (job) => results(project, job, query)),
  query(project, jobId, { asked: { query, timeoutMs, maxResults, location } }) {
    const job = project.create(jobId, { configuration: { query: { query, useLegacySql: false } }, location });
    return results(project, job, { timeoutMs, maxResults });
  },
  list: (project) => ({
    status: 200,
    body: { kind: "bigquery#jobList", jobs: project.list().map(jobResource) },
  }),
};

function withJob(project, jobId, answer) {
  const job = project.job(jobId);
  return job === undefined ? problem(404, "notFound", `Not found: Job ${jobId}`, "NOT_FOUND") : answer(job);
}

/** Holds the request until the job is done, or the client has waited long enough. */
async function results(project, job, { timeoutMs, ...page }) {
  // `timeoutMs` is text when it comes from a query string.
  const until = Date.now() + Number(timeoutMs ?? DEFAULT_WAIT_MS);
  while (!isDone(job) && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
  if (isDone(job) && job.error !== undefined) return problem(400, job.error.reason, job.error.message);
  return { status: 200, body: resultsResource(job, job.rows ?? project.rows, page) };
}

function sendFault(request, response, kind) {
  switch (kind) {
    case "hang":
      return undefined;
    case "reset":
      return request.socket.resetAndDestroy();
    case "empty-object":
      return send(response, { status: 200, body: {} });
    case "truncated": {
      response.writeHead(200, { "content-type": "application/json" });
      return response.end('{"kind":"bigquery#job","sta');
    }
    case "502": {
      response.writeHead(502, { "content-type": "text/html" });
      return response.end("<html><title>502</title><h1>Bad Gateway</h1></html>");
    }
    case "404":
      return send(response, problem(404, "notFound", "Not found", "NOT_FOUND"));
    case "rate-limit":
      return send(response, problem(403, "rateLimitExceeded", "Exceeded rate limits"));
    case "quota":
      return send(response, problem(403, "quotaExceeded", "Quota exceeded"));
    case "denied":
      return send(response, problem(403, "accessDenied", "Access Denied", "PERMISSION_DENIED"));
    default:
      return send(response, problem(503, "backendError", "Visibility check was unavailable.", "UNAVAILABLE"));
  }
}

async function serveTestInterface(
  request,
  response,
  pathname,
  searchParams,
  body,
  { projects, project, options },
) {
  if (pathname === "/__report") {
    const all = Object.fromEntries([...projects].map(([name, one]) => [name, one.report()]));
    return send(response, { status: 200, body: all });
  }
  const name = /^\/__projects\/([^/]+)$/.exec(pathname)?.[1];
  if (name === undefined) return send(response, { status: 404, body: {} });
  if (request.method === "PUT") {
    const setup = projectSetup({ ...options.setup, mode: "ok", ...JSON.parse(body.toString()) });
    if (setup.problem) return send(response, { status: 400, body: setup });
    projects.set(name, new Project(name, setup));
    return send(response, { status: 200, body: {} });
  }
  await project(name).inserted(Number(searchParams.get("inserts") ?? 0));
  return send(response, { status: 200, body: project(name).report() });
}

function problem(code, reason, message, status = "FAILED") {
  return {
    status: code,
    body: { error: { code, message, status, errors: [{ message, domain: "global", reason }] } },
  };
}

function send(response, { status, body }) {
  response.writeHead(status, { "content-type": "application/json; charset=UTF-8" });
  response.end(JSON.stringify(body));
}

async function readBody(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function sha256(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}

function log(file, line) {
  if (file) appendFileSync(file, `${JSON.stringify({ time: new Date().toISOString(), ...line })}\n`);
}
