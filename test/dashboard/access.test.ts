import { hostname } from "node:os";
import { describe, expect, test } from "vitest";
import { ledgerPath } from "../helpers/ledger.ts";
import { ask, openDashboard, Visitor } from "./visitor.ts";

const TOKEN = "a-token-of-twenty-characters";

/** The token of a URL that was printed. */
const tokenOf = (url: string | undefined) => new URL(url ?? "http://nothing").searchParams.get("token");

test("a token that hardcall made opens one session, and the next URL is told", async () => {
  const urls: string[] = [];
  const { url, port } = await openDashboard({ ledger: ledgerPath(), onNextUrl: (next) => urls.push(next) });
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/);
  const first = await ask(port, `/?token=${tokenOf(url)}`);
  expect(first.status).toBe(200);
  expect(first.headers["set-cookie"]?.[0]).toMatch(
    new RegExp(`^hardcall-dashboard-${port}=[\\w-]{43}; HttpOnly; SameSite=Strict; Path=/$`),
  );
  expect(first.body).toContain('<meta http-equiv="refresh" content="0; url=/">');
  const second = await ask(port, `/?token=${tokenOf(url)}`);
  expect(second.status).toBe(401);
  expect(second.body).toContain("This token is wrong, or was used before.");
  expect(urls).toHaveLength(1);
  expect((await ask(port, `/?token=${tokenOf(urls[0])}`)).status).toBe(200);
});

test("a preview of a link asks by HEAD and spends no token", async () => {
  const { url, port } = await openDashboard({ ledger: ledgerPath() });
  const path = `/?token=${tokenOf(url)}`;
  const head = await ask(port, path, { method: "HEAD" });
  expect([head.status, head.body, head.headers["set-cookie"]]).toEqual([401, "", undefined]);
  expect((await ask(port, path)).status).toBe(200);
});

test("a token that the user chose opens any number of sessions, and is in no URL", async () => {
  const { url, port } = await openDashboard({ ledger: ledgerPath(), token: TOKEN });
  expect(url).toBe(`http://127.0.0.1:${port}/`);
  for (const _ of [1, 2]) expect((await ask(port, `/?token=${TOKEN}`)).status).toBe(200);
  expect((await ask(port, `/?token=${TOKEN}x`)).status).toBe(401);
});

test("the form of the sign-in page opens a session", async () => {
  const { port } = await openDashboard({ ledger: ledgerPath(), token: TOKEN });
  const page = await ask(port, "/");
  expect([page.status, page.headers["content-security-policy"]]).toEqual([
    401,
    expect.stringContaining("form-action 'self'"),
  ]);
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const send = (body: string, more = {}) =>
    ask(port, "/session", { method: "POST", headers: { ...headers, ...more }, body });
  expect((await send(`token=${TOKEN}`)).headers["set-cookie"]).toHaveLength(1);
  expect((await send("token=wrong")).status).toBe(401);
  expect((await send("")).status).toBe(400);
  // Another site that knows no token, and one that does.
  for (const token of ["wrong", TOKEN])
    expect((await send(`token=${token}`, { origin: "http://evil.example" })).status).toBe(403);
});

describe("without a session", () => {
  test.each([
    ["GET", "/app.js"],
    ["GET", "/style.css"],
    ["GET", "/events"],
    ["GET", "/api/overview"],
    ["GET", "/api/calls"],
    ["GET", "/api/calls/x"],
    ["GET", "/api/calls/x/tails"],
    ["POST", "/api/calls/x/resolve"],
    ["POST", "/api/resources/x/open"],
    ["POST", "/api/resources/x/close"],
  ])("%s %s is refused", async (method, path) => {
    const { port } = await openDashboard({ ledger: ledgerPath() });
    for (const cookie of [
      `hardcall-dashboard-${port}=`,
      `hardcall-dashboard-${port}=${"x".repeat(43)}`,
      "=;;=; a",
    ]) {
      const { status, body } = await ask(port, path, { method, headers: { cookie } });
      expect([status, JSON.parse(body)]).toMatchObject([401, { error: { code: "no_session" } }]);
    }
  });
});

test("the session of one dashboard opens no other", async () => {
  const [one, other] = [
    await openDashboard({ ledger: ledgerPath() }),
    await openDashboard({ ledger: ledgerPath() }),
  ];
  const { cookie } = await Visitor.at(one);
  const [, value] = cookie.split("=");
  const headers = { cookie: `hardcall-dashboard-${other.port}=${value}` };
  expect((await ask(other.port, "/api/overview", { headers })).status).toBe(401);
});

test("a cookie of the same name that another port has set does not take the session's place", async () => {
  const dashboard = await openDashboard({ ledger: ledgerPath() });
  const { cookie } = await Visitor.at(dashboard);
  const name = `hardcall-dashboard-${dashboard.port}`;
  const status = async (cookies: string) =>
    (await ask(dashboard.port, "/app.js", { headers: { cookie: cookies } })).status;
  expect(await status(`${name}=other; ${name}; ${cookie}`)).toBe(200);
  expect(await status(`${name}=other; ${name}=; x${cookie}`)).toBe(401);
});

describe("a request that names another host", () => {
  test.each([
    "evil.example",
    "127.0.0.1.evil.example:80",
    "localhost.evil.example",
    hostname(),
    "0.0.0.0",
    "a b",
    "127.0.0.1@evil.example",
  ])("%j is refused, with a session too", async (host) => {
    const dashboard = await openDashboard({ ledger: ledgerPath() });
    const visitor = await Visitor.at(dashboard);
    for (const path of ["/", "/app.js", "/api/overview", "/events", "/nothing"]) {
      const { status } = await visitor.ask(path, { headers: { host } });
      expect(status).toBe(403);
    }
  });

  test.each(["127.0.0.1:1", "localhost", "LOCALHOST:8321", "[::1]:9"])(
    "%j is its own, by whatever tunnel",
    async (host) => {
      const visitor = await Visitor.at(await openDashboard({ ledger: ledgerPath() }));
      expect((await visitor.ask("/api/overview", { headers: { host } })).status).toBe(200);
    },
  );

  test("with --host its own name and addresses are, too, and no others", async () => {
    const dashboard = await openDashboard({ ledger: ledgerPath(), host: "0.0.0.0", token: TOKEN });
    const { headers } = await ask(dashboard.port, `/?token=${TOKEN}`);
    const cookie = headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
    for (const host of [hostname(), "127.0.0.1", "0.0.0.0"])
      expect((await ask(dashboard.port, "/api/overview", { headers: { cookie, host } })).status).toBe(200);
    for (const host of ["evil.example", "192.0.2.1"])
      expect((await ask(dashboard.port, "/api/overview", { headers: { cookie, host } })).status).toBe(403);
  });
});

describe("a request from another page", () => {
  test.each([
    { origin: "http://evil.example" },
    { origin: "null" },
    { origin: "http://127.0.0.1:1" },
    { origin: "http://localhost" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
  ])("%j is refused with a session", async (headers) => {
    const visitor = await Visitor.at(await openDashboard({ ledger: ledgerPath() }));
    for (const [method, path] of [
      ["GET", "/api/overview"],
      ["GET", "/events"],
      ["POST", "/api/calls/x/resolve"],
    ] as const) {
      const { status, headers: answered } = await visitor.ask(path, { method, headers });
      expect(status).toBe(403);
      expect(answered["access-control-allow-origin"]).toBeUndefined();
    }
  });

  test("a tunnel's origin is that of its own address", async () => {
    const visitor = await Visitor.at(await openDashboard({ ledger: ledgerPath() }));
    const headers = { host: "localhost:9000", origin: "http://localhost:9000" };
    expect((await visitor.ask("/api/overview", { headers })).status).toBe(200);
  });
});

test("no answer may be framed, stored, sniffed or run anything but the page's own script", async () => {
  const dashboard = await openDashboard({ ledger: ledgerPath() });
  const visitor = await Visitor.at(dashboard);
  for (const path of ["/", "/app.js", "/style.css", "/icon.svg", "/api/overview", "/nothing"]) {
    const { headers } = await visitor.ask(path);
    const policy = headers["content-security-policy"]?.toString().split("; ") ?? [];
    expect(policy).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'none'",
      ]),
    );
    expect(policy.join(" ")).not.toMatch(/unsafe|http|\*/);
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
    });
  }
});
