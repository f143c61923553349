import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { hostname } from "node:os";
import type { IncomingMessage } from "node:http";

/** A browser, a phone and some tabs that were closed: who opens more loses the oldest. */
const MOST_SESSIONS = 64;
const SECRET_BYTES = 32;

const newSecret = () => randomBytes(SECRET_BYTES).toString("base64url");
const digest = (secret: string) => createHash("sha256").update(secret).digest();

/**
 * Who may use the dashboard: a token opens a session, and a cookie names it. A token that hardcall made works once, so that a URL in a
 * browser's history or on a screen opens nothing later. A token that the user chose works for as long as the server runs.
 */
export class Access {
  readonly #chosen: Buffer | undefined;
  readonly #onSpent: (next: string) => void;
  readonly #sessions = new Set<string>();
  #oneTime: string | undefined;

  /** @param onSpent is told the next one-time token, as the one before it was used */
  constructor(chosen: string | undefined, onSpent: (next: string) => void) {
    this.#chosen = chosen === undefined ? undefined : digest(chosen);
    this.#oneTime = chosen === undefined ? newSecret() : undefined;
    this.#onSpent = onSpent;
  }

  /** `undefined` where the user chose one. */
  get oneTimeToken(): string | undefined {
    return this.#oneTime;
  }

  /** The cookie of a new session; `undefined` for a wrong token. */
  openSession(token: string): string | undefined {
    const expected = this.#chosen ?? digest(this.#oneTime ?? newSecret());
    // Digests are of one length, and comparing them tells nothing of how much was right.
    if (!timingSafeEqual(digest(token), expected)) return undefined;
    const cookie = newSecret();
    this.#sessions.add(nameOf(cookie));
    const [oldest] = this.#sessions;
    if (this.#sessions.size > MOST_SESSIONS && oldest !== undefined) this.#sessions.delete(oldest);
    if (this.#chosen === undefined) {
      this.#oneTime = newSecret();
      this.#onSpent(this.#oneTime);
    }
    return cookie;
  }

  /** @param cookies of one request */
  hasSession(cookies: readonly string[]): boolean {
    return cookies.some((cookie) => this.#sessions.has(nameOf(cookie)));
  }
}

/** The set is looked up by a hash, so that the time of a look-up tells nothing of a secret. */
const nameOf = (cookie: string) => digest(cookie).toString("base64url");

/** Cookies do not know ports: two dashboards of one machine would take each other's. */
export const cookieName = (port: number): string => `hardcall-dashboard-${port}`;

/** Several may have the name: a server on another port of this machine can set one for a path, and the browser sends that first. */
export function sessionCookies({ headers }: IncomingMessage, name: string): readonly string[] {
  return (headers.cookie?.split(";") ?? []).flatMap((part) => {
    const [key, value] = part.trim().split("=", 2);
    return key === name && value !== undefined ? [value] : [];
  });
}

/**
 * Whether the request names this server by a name that is its own. A web page whose name was pointed at 127.0.0.1 (DNS rebinding) sends
 * its own name. The port is not compared: a tunnel (`ssh -L`) has another.
 *
 * @param host the value of `--host`
 */
export function isOwnHost({ headers, socket }: IncomingMessage, host: string | undefined): boolean {
  const name = hostOf(headers.host);
  if (name === undefined) return false;
  const own = ["127.0.0.1", "localhost", "[::1]"];
  if (host !== undefined) own.push(host, `[${host}]`, hostname(), ...addressNames(socket.localAddress));
  return own.some((one) => one.toLowerCase() === name);
}

/** Of a socket that listens on both families, an IPv4 address comes as `::ffff:192.0.2.1`. */
const addressNames = (address = "") => {
  const plain = address.replace(/^::ffff:(?=\d+\.)/, "");
  return [plain, `[${plain}]`];
};

/**
 * Whether a page of this server sent it: another site can make a browser send requests here, and so can another port of this machine, for
 * which `SameSite` is the same site. Programs send neither header.
 */
export function isSameOrigin({ headers }: IncomingMessage): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none") return false;
  const { origin } = headers;
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === headers.host?.toLowerCase();
}

/** The name in a `Host` header, without its port. */
function hostOf(header: string | undefined): string | undefined {
  const url = `http://${header ?? ""}`;
  if (header === undefined || !/^[\w.\-:[\]]+$/.test(header) || !URL.canParse(url)) return undefined;
  return new URL(url).hostname.toLowerCase();
}
