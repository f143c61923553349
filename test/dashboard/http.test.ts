import { connect } from "node:net";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { ledgerPath } from "../helpers/ledger.ts";
import { openDashboard, Visitor } from "./visitor.ts";

const visit = async () => await Visitor.at(await openDashboard({ ledger: ledgerPath() }));
const JSON_TYPE = { "content-type": "application/json" };

describe("an address or a method that is not there", () => {
  test.each([
    ["GET", "/nothing", 404],
    ["GET", "/api", 404],
    ["GET", "/api/", 404],
    ["GET", "/api/calls/", 404],
    ["GET", "/api/calls/a/b", 404],
    ["GET", "/api/calls/a/tails/more", 404],
    ["GET", "/api/resources/a", 404],
    ["POST", "/api/resources/a/trip", 404],
    ["GET", "/events/more", 404],
    ["GET", "/../package.json", 404],
    ["GET", "/%2e%2e/package.json", 404],
    ["GET", "/%00", 404],
    ["GET", "/%ff%fe", 404],
    ["GET", "//evil.example/", 404],
    ["POST", "/", 405],
    ["POST", "/app.js", 405],
    ["POST", "/api/overview", 405],
    ["DELETE", "/api/calls/a", 405],
    ["PUT", "/api/calls/a/resolve", 405],
    ["GET", "/api/calls/a/resolve", 405],
    ["OPTIONS", "/api/overview", 405],
    ["GET", "/session", 405],
  ])("%s %s: %d, in JSON with a sentence", async (method, path, status) => {
    const reply = await (await visit()).ask(path, { method });
    expect(reply.status).toBe(status);
    expect(JSON.parse(reply.body)).toEqual({
      error: { code: status === 404 ? "not_found" : "method", message: expect.stringMatching(/^[A-Z].*\.$/) },
    });
    if (status === 405) expect(reply.headers.allow).toMatch(/^(GET, HEAD|POST)$/);
  });
});

test.each(["/", "/app.js", "/api/overview", "/events"])(
  "HEAD %s has the headers of GET and no body",
  async (path) => {
    const visitor = await visit();
    const head = await visitor.ask(path, { method: "HEAD" });
    expect([head.status, head.body]).toEqual([200, ""]);
    if (path !== "/events" && path !== "/api/overview") {
      const { "content-length": length, "content-type": type } = (await visitor.ask(path)).headers;
      expect(head.headers).toMatchObject({ "content-length": length, "content-type": type });
    }
  },
);

describe("a body", () => {
  const path = "/api/calls/a/resolve";

  test("of another type is refused: a form of another site could send it", async () => {
    const visitor = await visit();
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]) {
      const { status, body } = await visitor.ask(path, {
        method: "POST",
        headers: { "content-type": type },
        body: "{}",
      });
      expect([status, JSON.parse(body)]).toMatchObject([415, { error: { code: "not_json" } }]);
    }
  });

  test("that is too large is refused, whether it says so or not", async () => {
    const visitor = await visit();
    const body = JSON.stringify({ why: "x".repeat(70_000) });
    const told = await visitor.ask(path, { method: "POST", headers: JSON_TYPE, body });
    expect([told.status, told.headers.connection]).toEqual([413, "close"]);
    const untold = { ...JSON_TYPE, "transfer-encoding": "chunked" };
    expect((await visitor.ask(path, { method: "POST", headers: untold, body })).status).toBe(413);
  });

  test.each(["", "{", "null", "[]", '"text"', "1"])("%j is no JSON object", async (body) => {
    const { status, body: answer } = await (
      await visit()
    ).ask(path, { method: "POST", headers: JSON_TYPE, body });
    expect([status, JSON.parse(answer)]).toMatchObject([400, { error: { code: "bad_request" } }]);
  });

  const by = "ann";
  const why = "I looked";
  test.each([
    [path, {}, '"as" is missing'],
    [path, { as: "maybe", by, why }, '"as" is missing'],
    [path, { as: "done", why }, "Say who you are"],
    [path, { as: "done", by: "  ", why }, "Say who you are"],
    [path, { as: "done", by: 7, why }, "Say who you are"],
    [path, { as: "done", by }, "Say why"],
    [path, { as: "done", by, why, force: "yes" }, '"force" is true or false'],
    [path, { as: "done", by, why, forse: true }, "a field that is not known here"],
    [path, { as: "done", by: "probe", why }, 'by is "probe"'],
    [path, { as: "done", by, why: "two\nlines" }, "why must be one line"],
    ["/api/resources/a/open", { by, why, forMs: 0 }, '"forMs" must be a whole number'],
    ["/api/resources/a/open", { by, why, forMs: "1h" }, '"forMs" must be a whole number'],
    ["/api/resources/a/open", { by }, "Say why"],
    ["/api/resources/a/close", { by, why, forMs: 5 }, "a field that is not known here"],
  ])("%s %j: 400 %s", async (at, body, message) => {
    expect(await (await visit()).post(at, body)).toMatchObject({
      status: 400,
      body: { error: { code: "bad_request", message: expect.stringContaining(message) } },
    });
  });
});

test("a client that goes away in the middle of its request is no fault", async () => {
  const faults: unknown[] = [];
  const dashboard = await openDashboard({ ledger: ledgerPath(), onFault: (error) => faults.push(error) });
  const visitor = await Visitor.at(dashboard);
  const socket = connect(dashboard.port, "127.0.0.1");
  await once(socket, "connect");
  socket.write(
    `POST /api/calls/a/resolve HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: ${visitor.cookie}\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{`,
  );
  socket.destroySoon();
  await once(socket, "close");
  expect((await visitor.ask("/api/overview")).status).toBe(200);
  expect(faults).toEqual([]);
});
