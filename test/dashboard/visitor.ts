import { request, type IncomingHttpHeaders } from "node:http";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import {
  type Dashboard,
  type DashboardOptions,
  startDashboard,
} from "../../src/dashboard/server/start-dashboard.ts";

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A dashboard that is closed with the test. */
export async function openDashboard(options: DashboardOptions): Promise<Dashboard> {
  const dashboard = await startDashboard({ onFault: (error) => console.error(error), ...options });
  onTestFinished(() => dashboard.close());
  return dashboard;
}

/** One request on a connection of its own, with the very headers that are given. */
export async function ask(
  port: number,
  path: string,
  { method = "GET", headers = {}, body }: Asked = {},
): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  const length =
    body === undefined || "transfer-encoding" in headers ? {} : { "content-length": Buffer.byteLength(body) };
  const sent = request(
    { host: "127.0.0.1", port, path, method, agent: false, headers: { ...length, ...headers } },
    (response) => {
      text(response).then(
        (answer) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: answer }),
        reject,
      );
    },
  );
  sent.once("error", reject);
  sent.end(body);
  return await promise;
}

/** A browser with a session. */
export class Visitor {
  readonly port: number;
  readonly cookie: string;

  private constructor(port: number, cookie: string) {
    this.port = port;
    this.cookie = cookie;
  }

  static async at({ port, url }: Dashboard): Promise<Visitor> {
    const { pathname, search } = new URL(url);
    const { headers, status } = await ask(port, pathname + search);
    const [cookie] = headers["set-cookie"]?.[0]?.split(";") ?? [];
    if (status !== 200 || cookie === undefined) throw new Error(`no session: ${status}`);
    return new Visitor(port, cookie);
  }

  /** As a script of the page asks. */
  async ask(path: string, asked: Asked = {}): Promise<Reply> {
    const headers = { cookie: this.cookie, "sec-fetch-site": "same-origin", ...asked.headers };
    return await ask(this.port, path, { ...asked, headers });
  }

  /** @throws when the answer is no success */
  async get<T>(path: string): Promise<T> {
    const { status, body } = await this.ask(path);
    if (status !== 200) throw new Error(`${path}: ${status} ${body}`);
    return JSON.parse(body) as T;
  }

  async post(path: string, value: unknown): Promise<{ readonly status: number; readonly body: unknown }> {
    const { status, body } = await this.ask(path, {
      method: "POST",
      headers: { "content-type": "application/json", origin: `http://127.0.0.1:${this.port}` },
      body: JSON.stringify(value),
    });
    return { status, body: JSON.parse(body) as unknown };
  }
}
