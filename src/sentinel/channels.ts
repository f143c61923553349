import { createHash } from "node:crypto";
import type { CallError } from "../core/errors.ts";
import { isObject } from "../core/options.ts";
import { runCommand } from "../call/run-once.ts";
import { shellInvocation } from "../process/start/shell.ts";
import type { Alert } from "./alert.ts";

/** Where an alert is delivered. */
export type AlertChannel =
  /** A shell command. Its environment has `HARDCALL_ALERT_ID`, `_TITLE`, `_SENTINEL`, `_KIND`, `_VERDICT`, and the alert is on stdin as JSON. */
  | { readonly command: string }
  /** A URL, or the name of an environment variable that holds it. hardcall posts the alert as JSON, with its id as `Idempotency-Key`. */
  | {
      readonly webhook: string | { readonly env: string };
      readonly headers?: Readonly<Record<string, string>> | undefined;
    }
  /** One line of text on stdout. */
  | { readonly stdout: true };

export interface Channel {
  /** The kind and a hash of the address. The ledger keeps this, because the address itself may hold a secret. */
  readonly id: string;
  /** Resolves when the receiver has accepted the alert. */
  send(alert: Alert, print: (line: string) => unknown): Promise<void>;
}

/** How long a delivery may take, in milliseconds. */
export const DELIVERY_TIMEOUT_MS = 30_000;

/** Why an alert was not delivered. The message holds no secret and may be shown. */
export class DeliveryError extends Error {
  override readonly name = "DeliveryError";
}

export function channelOf(channel: AlertChannel, problems: string[]): Channel[] {
  const {
    command,
    webhook,
    stdout,
    headers = {},
  }: Readonly<Record<string, unknown>> = isObject(channel) ? channel : {};
  if (typeof command === "string" && command.trim() !== "")
    return [{ id: idOf("command", command), send: byCommand(command) }];
  if (stdout === true)
    return [
      { id: "stdout", send: async (alert, print) => void (await print(`ALERT ${alert.id} ${alert.title}`)) },
    ];
  const variable = isObject(webhook) ? webhook["env"] : undefined;
  const url = typeof variable === "string" ? process.env[variable] : webhook;
  if (typeof variable !== "string" && typeof webhook !== "string") {
    problems.push("alerts: each needs a command, a webhook, or stdout: true");
    return [];
  }
  if (typeof url !== "string" || !/^https?:\/\//.test(url) || !URL.canParse(url)) {
    problems.push(
      typeof variable === "string"
        ? `alerts: the environment variable ${variable} does not hold an http or https URL`
        : "alerts: the webhook is not an http or https URL",
    );
    return [];
  }
  return [{ id: idOf("webhook", url), send: byWebhook(url, headers as Readonly<Record<string, string>>) }];
}

const idOf = (kind: string, address: string) =>
  `${kind}:${createHash("sha256").update(address).digest("hex").slice(0, 12)}`;

function byCommand(command: string): Channel["send"] {
  const { file, args } = shellInvocation(command);
  return async (alert) => {
    try {
      await runCommand(file, args, {
        name: "sentinel-alert",
        timeout: DELIVERY_TIMEOUT_MS,
        killGrace: 1000,
        allowEmpty: true,
        stdin: `${JSON.stringify(alert)}\n`,
        env: {
          HARDCALL_ALERT_ID: alert.id,
          HARDCALL_ALERT_TITLE: alert.title,
          HARDCALL_ALERT_SENTINEL: alert.sentinel,
          HARDCALL_ALERT_KIND: alert.kind,
          HARDCALL_ALERT_VERDICT: alert.verdict,
        },
      });
    } catch (error) {
      const { code, exitCode } = error as Partial<CallError>;
      throw new DeliveryError(`the command failed (${code}${exitCode === undefined ? "" : ` ${exitCode}`})`);
    }
  };
}

function byWebhook(url: string, headers: Readonly<Record<string, string>>): Channel["send"] {
  return async (alert) => {
    const { host } = new URL(url);
    const signal = AbortSignal.timeout(DELIVERY_TIMEOUT_MS);
    const answer = await post(new URL(url), alert, headers, signal).catch((error: unknown) => {
      throw new DeliveryError(`${host} could not be reached (${(error as Error).name})`);
    });
    await answer.body?.cancel();
    if (answer.ok) return;
    const { status } = answer;
    const found = isRedirect(status)
      ? `a redirect (status ${status}), which hardcall does not follow with an alert; configure the address that it leads to`
      : `status ${status}`;
    throw new DeliveryError(`${host} answered with ${found}`);
  };
}

const isRedirect = (status: number) => status >= 300 && status < 400;
/** Redirects that keep the POST and its body. After any other, a client sends a GET without the alert, and a page answers it with 200. */
const KEEPS_THE_ALERT: ReadonlySet<number> = new Set([307, 308]);
const MOST_REDIRECTS = 5;

async function post(
  url: URL,
  alert: Alert,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
  redirects = MOST_REDIRECTS,
): Promise<Response> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": alert.id, ...headers },
    body: JSON.stringify(alert),
    redirect: "manual",
    signal,
  });
  const location = answer.headers.get("location");
  if (!KEEPS_THE_ALERT.has(answer.status) || location === null || redirects === 0) return answer;
  await answer.body?.cancel();
  const next = new URL(location, url);
  // A header may hold a token, so another server does not get the headers.
  return post(next, alert, next.origin === url.origin ? headers : {}, signal, redirects - 1);
}
