import type { EffectWithin } from "../../../src/call/contract-options.ts";
import { defineCall } from "../../../src/call/define-call.ts";
import { type KeyedCall } from "../../../src/call/defined-call.ts";
import { CallError } from "../../../src/core/errors.ts";
import { rejected } from "../../../src/core/rejected.ts";
import type { Settled } from "../../../src/core/settled.ts";
import type { Effects } from "../../../src/core/vocabulary.ts";
import { task } from "../../../src/callees/task.ts";
import { currentOwner } from "../../../src/ledger/owner/owner.ts";
import type { LedgerStore } from "../../../src/ledger/store/store.ts";
import { isPostgresUrl } from "../../../src/database/postgres/url.ts";
import { openLedgerAt } from "../../helpers/open-ledger.ts";
import { look, post, type Post } from "./publish-client.ts";
import type { Manner } from "./publish-server.ts";

/** One publish call, as a test or a process of a test makes it. */
export interface Order {
  readonly url: string;
  readonly key: string;
  readonly effects: Effects;
  readonly manner: Manner;
  /** Starts of the callee in all. @default 1 */
  readonly attempts?: number;
  readonly onInProgress?: "fail" | "wait";
  readonly timeoutMs?: number;
  readonly attemptMs?: number;
  /** @default "none": the server publishes at once or not at all */
  readonly effectWithin?: EffectWithin;
}

/** How a call ended, as it crosses a pipe. */
export interface Ending {
  readonly outcome: Settled<unknown>["outcome"];
  readonly code?: string;
  readonly effect?: string;
  readonly value?: unknown;
  readonly retryAfterMs?: number;
}

/** The real pipeline round a real request. */
export function publishCall(order: Order, ledger: LedgerStore | string): KeyedCall<string, Post, object> {
  const {
    url,
    effects,
    manner,
    attempts = 1,
    onInProgress,
    timeoutMs = 30_000,
    effectWithin = "none",
  } = order;
  const options = {
    name: "publish",
    callee: task((body: string, { key = "", signal }) =>
      post(`${url}/${manner}`, key, effects, body, signal).catch(asRejection),
    ),
    timeout: { total: timeoutMs, attempt: order.attemptMs },
    effects,
    key: () => order.key,
    ...(effects === "verifiable" && { probe: () => look(url, order.key), effectWithin }),
    ...(effects !== "once" && { retry: { attempts, baseDelay: 1 } }),
    onInProgress,
    ledger,
  };
  return defineCall(options as Parameters<typeof defineCall<string, Post, object>>[0]);
}

/** The service publishes nothing when it answers with a 4xx. */
export function asRejection(error: { readonly status?: number }): never {
  const { status = 0 } = error;
  throw status >= 400 && status < 500 ? rejected("the service said no", { status }) : error;
}

export async function publish(order: Order, ledger: LedgerStore | string): Promise<Ending> {
  return endingOf(await publishCall(order, ledger).settle("a carousel of three"));
}

export function endingOf(settled: Settled<unknown>): Ending {
  const { outcome } = settled;
  const value: unknown = settled.value;
  if (!(settled instanceof CallError)) return { outcome, value };
  const { code, effect, retryAfterMs } = settled;
  return { outcome, code, effect, value, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

/** A ledger seen from another machine, or with another clock. */
export interface Viewpoint {
  /** Of a file, or a URL. */
  readonly path: string;
  /** Its claims name an owner on another machine: this one cannot see whether the owner lives. */
  readonly foreign?: boolean;
  readonly clockOffsetMs?: number;
}

export function openFrom({ path, foreign, clockOffsetMs = 0 }: Viewpoint): Promise<LedgerStore> {
  // A database's own clock decides, as long as the viewpoint has no other.
  const hasClock = clockOffsetMs !== 0 || !isPostgresUrl(path);
  return openLedgerAt(path, {
    ...(hasClock && { clock: () => Date.now() + clockOffsetMs }),
    ...(foreign && { owner: { ...currentOwner(), host: "another-machine" } }),
  });
}
