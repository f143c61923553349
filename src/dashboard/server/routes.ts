import type { IncomingMessage, ServerResponse } from "node:http";
import type { Access } from "./access.ts";
import { cookieName, sessionCookies, isOwnHost, isSameOrigin } from "./access.ts";
import type { Asset } from "./assets.ts";
import type { EventStreams } from "./event-streams.ts";
import type { LedgerSource } from "../ledger/source.ts";
import { breakerRequest, resolveRequest } from "./requests.ts";
import { RefusedRequest } from "../refused-request.ts";
import { readJson, SECURITY_HEADERS, sendBody, sendJson } from "./respond.ts";
import { signInByForm, signInByUrl } from "./sign-in.ts";

export interface Site {
  readonly access: Access;
  readonly assets: ReadonlyMap<string, Asset>;
  readonly source: LedgerSource;
  readonly streams: EventStreams;
  /** The value of `--host`. */
  readonly host: string | undefined;
  readonly port: number;
}

type Answer = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void> | void;

interface Route {
  readonly method: "GET" | "POST";
  readonly answer: Answer;
}

const FILTERS = ["name", "outcome", "code", "before"] as const;

/**
 * Answers one request.
 *
 * @throws RefusedRequest, LedgerError
 */
export async function answer(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!isOwnHost(request, site.host))
    throw new RefusedRequest(
      "forbidden",
      "This server does not have that name. Open it by its address, or start it with --host.",
    );
  const url = urlOf(request);
  const route =
    url && (site.assets.has(url.pathname) ? assetRoute(site, url) : findRoute(site, url.pathname));
  if (url === undefined || route === undefined)
    throw new RefusedRequest("not_found", "There is nothing at this address.");
  // Postgres takes no NUL in a text, and its refusal would look like a ledger that is out of reach.
  if (url.href.includes("%00"))
    throw new RefusedRequest("bad_request", "No name in a ledger has a NUL character.");
  const method = request.method === "HEAD" ? "GET" : request.method;
  if (method !== route.method) {
    const allow = route.method === "GET" ? "GET, HEAD" : route.method;
    throw new RefusedRequest("method", `Use ${allow} here.`, { headers: { allow } });
  }
  await route.answer(request, response, url);
}

/** Not resolved against a base: `//name/` would be another host, with the path of one of ours. */
function urlOf({ url = "" }: IncomingMessage): URL | undefined {
  const whole = `http://dashboard${url}`;
  return url.startsWith("/") && URL.canParse(whole) ? new URL(whole) : undefined;
}

const hasSession = ({ access, port }: Site, request: IncomingMessage) =>
  access.hasSession(sessionCookies(request, cookieName(port)));

/** The page is shown to a session; the way to one leads over `/`. Links from elsewhere may lead there, too. */
function assetRoute(site: Site, { pathname, searchParams }: URL): Route {
  const asset = site.assets.get(pathname);
  return {
    method: "GET",
    answer: (request, response) => {
      const token = searchParams.get("token");
      if (pathname === "/" && (token !== null || !hasSession(site, request)))
        return signInByUrl(request, response, { ...site, token });
      if (!hasSession(site, request)) throw noSession();
      return sendBody(request, response, 200, asset?.type ?? "", asset?.body ?? "");
    },
  };
}

function findRoute(site: Site, pathname: string): Route | undefined {
  // The sign-in page has no icon, and browsers ask for this one then.
  if (pathname === "/favicon.ico")
    return {
      method: "GET",
      answer: (_request, response) => void response.writeHead(204, SECURITY_HEADERS).end(),
    };
  if (pathname === "/session")
    return {
      method: "POST",
      answer: sameOrigin((request, response) => signInByForm(request, response, site)),
    };
  const found = apiRoute(site, pathname);
  if (found === undefined) return undefined;
  const guarded: Answer = (request, response, url) => {
    if (!hasSession(site, request)) throw noSession();
    return found.answer(request, response, url);
  };
  return { method: found.method, answer: sameOrigin(guarded) };
}

const get = (read: (url: URL) => Promise<unknown>): Route => ({
  method: "GET",
  answer: async (request, response, url) => sendJson(request, response, await read(url)),
});

const post = (act: (body: Readonly<Record<string, unknown>>) => Promise<unknown>): Route => ({
  method: "POST",
  answer: async (request, response) => sendJson(request, response, await act(await readJson(request))),
});

function apiRoute({ source, streams }: Site, pathname: string): Route | undefined {
  const [, area, kind, id, verb, ...more] = pathname.split("/").map(decoded);
  if (area === "events" && kind === undefined)
    return { method: "GET", answer: (request, response) => streams.add(request, response) };
  if (area !== "api" || more.length > 0) return undefined;
  if (kind === "overview" && id === undefined) return get(async () => (await source.look()).overview);
  if (kind === "calls" && id === undefined) return get((url) => source.calls(filterOf(url)));
  if (kind === "calls" && id) {
    if (verb === undefined) return get(() => source.call(id));
    if (verb === "tails") return get(() => source.tails(id));
    if (verb === "resolve") return post((body) => source.resolve(id, resolveRequest(body)));
  }
  if (kind === "resources" && id && (verb === "open" || verb === "close"))
    return post((body) => source.operateBreaker(id, verb, breakerRequest(verb, body)));
  return undefined;
}

const sameOrigin =
  (inner: Answer): Answer =>
  (request, response, url) => {
    if (!isSameOrigin(request)) throw new RefusedRequest("forbidden", "Another page sent this request.");
    return inner(request, response, url);
  };

const noSession = () =>
  new RefusedRequest(
    "no_session",
    "This browser has no session here. Open the URL that hardcall dashboard printed last.",
  );

const filterOf = ({ searchParams }: URL) =>
  Object.fromEntries(FILTERS.map((name) => [name, searchParams.get(name) || undefined]));

/** A part of a path that is not valid UTF-8 names nothing. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
