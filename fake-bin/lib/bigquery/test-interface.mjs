import { InvalidInput } from "./rest/errors.mjs";
import { parseBody } from "./rest/request.mjs";
import { send } from "./rest/send.mjs";
import { projectSetup } from "./setup.mjs";

/** What a test asks of the fake itself: to set up projects, and what was asked of them. */
export async function serveTestInterface({ request, response, pathname, searchParams, bytes, world }) {
  const ok = (body) => send(response, { status: 200, body });
  if (pathname === "/__report") return ok(world.report());
  const name = /^\/__projects\/([^/]+)$/.exec(pathname)?.[1];
  const isPut = request.method === "PUT";
  if (name === undefined && !(isPut && pathname === "/__setup")) {
    return send(response, { status: 404, body: { problem: `the fake has no ${pathname}` } });
  }
  if (isPut) {
    try {
      const given = parseBody(bytes);
      if (name === undefined) world.setup = projectSetup(given, world.setup);
      // A project does not take over the mode of the others.
      else world.setUp(name, projectSetup({ mode: "ok", ...given }, world.setup));
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      return send(response, { status: 400, body: { problem: error.message } });
    }
    return ok({});
  }
  const project = world.project(name);
  await project.requests.inserted(Number(searchParams.get("inserts") ?? 0));
  return ok(project.report());
}
