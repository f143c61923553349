import type { IncomingMessage, ServerResponse } from "node:http";
import { RefusedRequest } from "../refused-request.ts";

/** Longer than any reason that a person types. */
const MOST_BODY_BYTES = 64 * 1024;

/**
 * The page runs its own script and style and nothing else: a name or a reason that is markup stays without effect even if the page
 * should ever insert it as HTML (`require-trusted-types-for` refuses that, too). No other page may show it in a frame.
 */
const CONTENT_SECURITY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
];

const headersFor = (formAction: "'none'" | "'self'"): Readonly<Record<string, string>> => ({
  "content-security-policy": [...CONTENT_SECURITY, `form-action ${formAction}`].join("; "),
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  // The ledger is not for a browser's disk.
  "cache-control": "no-store",
});

export const SECURITY_HEADERS = headersFor("'none'");
/** For the one page with a form that is sent without a script. Under `no-referrer` a browser hides the origin of a form, too. */
export const FORM_HEADERS = { ...headersFor("'self'"), "referrer-policy": "same-origin" };

/** Answers with a whole body; to HEAD with its headers alone. */
export function sendBody(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  type: string,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    ...SECURITY_HEADERS,
    "content-type": type,
    "content-length": Buffer.byteLength(body),
    ...headers,
  });
  response.end(request.method === "HEAD" ? undefined : body);
}

export function sendJson(
  request: IncomingMessage,
  response: ServerResponse,
  value: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): void {
  sendBody(request, response, status, "application/json; charset=utf-8", JSON.stringify(value), headers);
}

/**
 * The body of a POST, of the one type that the route takes. A form of another site can send only types that need no permission.
 *
 * @throws RefusedRequest `not_json`, `too_large`
 */
export async function readBody(request: IncomingMessage, type: string): Promise<string> {
  const given = request.headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  if (given !== type) throw new RefusedRequest("not_json", `Send ${type}.`);
  const tooLarge = () =>
    // What follows is not read, so the connection can carry no further request.
    new RefusedRequest("too_large", `The request is larger than ${MOST_BODY_BYTES / 1024} KiB.`, {
      headers: { connection: "close" },
    });
  if (Number(request.headers["content-length"] ?? 0) > MOST_BODY_BYTES) throw tooLarge();
  const parts: Buffer[] = [];
  let bytes = 0;
  // Ended in the middle, the request must not be destroyed: its socket carries the answer.
  const iterator: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false });
  for await (const part of iterator) {
    bytes += part.length;
    if (bytes > MOST_BODY_BYTES) throw tooLarge();
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

/** @throws RefusedRequest `bad_request` for what is not a JSON object */
export async function readJson(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const text = await readBody(request, "application/json");
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return value as Readonly<Record<string, unknown>>;
  } catch {
    // Answered below.
  }
  throw new RefusedRequest("bad_request", "The request is not a JSON object.");
}
