import { randomUUID } from "node:crypto";
import { defineCall } from "../call/define-call.ts";
import { type CallOptions } from "../call/call-options.ts";
import type { Duration } from "../core/duration.ts";
import { CallError } from "../core/errors.ts";
import { SHA256_OF_NOTHING } from "../core/hash-of-nothing.ts";
import type { Probe } from "../call/invocation.ts";
import { makeResult, type KeyedResult } from "../core/result.ts";
import { task, type TaskContext } from "../callees/task.ts";
import { readValue } from "../ledger/key/value.ts";
import { contentError } from "./content-error.ts";
import { onceTarget, type CheckContentAnswer } from "../ledger/contents/contents.ts";
import type { Check, Content, Deduplicator } from "./deduplicator.ts";
import { reportDuplicate, reportPending } from "./report.ts";

/** A function that publishes content. `context.signal` aborts when it must stop. */
export type Publish<Published, Value> = (content: Published, context: TaskContext) => Value | Promise<Value>;

/** A probe settles a publish with an unknown end. Without a probe an operator must. */
export type OnceProbe<Published> =
  | {
      /** Checks whether the content was published. */
      readonly probe: Probe<Published>;
      /** For how long after the end of an attempt the content may still appear, or `"none"`. */
      readonly effectWithin: Duration;
    }
  | { readonly probe?: undefined; readonly effectWithin?: undefined };

/**
 * Publishes content through the ledger's state machine. The ledger records `started` before it calls `publish`. After a crash the content
 * is in doubt until the probe or an operator settles it, and it is not published twice.
 */
export async function once<Published extends Content, Value>(
  deduplicator: Deduplicator,
  content: Published,
  publish: Publish<Published, Value>,
  settling: OnceProbe<Published>,
  check: Check,
): Promise<KeyedResult<Value>> {
  const { scope, holdMs } = deduplicator.options;
  const { callId } = check;
  const hashed = deduplicator.hash(content, callId);
  const { name, key } = onceTarget({ scope, ...hashed });
  const call = callFor(
    deduplicator,
    { name, key, timeout: check.holdMs ?? holdMs },
    content,
    publish,
    settling,
  );
  const { answer, token } = await deduplicator.reserve(hashed, { ...check, once: true });
  if (answer.kind === "duplicate") {
    await reportDuplicate(deduplicator.options, hashed, answer, callId);
    return publishedBefore<Value>({ name, key }, answer);
  }
  if (answer.kind !== "new") {
    const retryAfterMs = answer.kind === "pending" ? answer.retryAfterMs : undefined;
    if (answer.kind === "pending") await reportPending(deduplicator.options, hashed, answer, callId);
    const message = `The content for "${scope}" is reserved by another owner, who may publish it at any time. Check it again later.`;
    throw contentError(scope, "in_progress", message, { callId, ...hashed, retryAfterMs });
  }
  // The hash is the input: it is the same for text and bytes, with and without a final line feed.
  const settled = await call.settle(hashed.sha256);
  const whose = { owner: check.owner, callId, token };
  try {
    await (settled instanceof CallError
      ? deduplicator.release(hashed, whose)
      : deduplicator.commit(hashed, whose));
  } catch (error) {
    // Every check reads the operation, which has the result. The reservation ends by itself.
    if (!(error instanceof CallError)) throw error;
  }
  if (settled instanceof CallError) throw settled;
  return settled;
}

/** `defineCall` checks the probe and its options here, before the content is reserved. */
function callFor<Published extends Content, Value>(
  { options: { ledger, logger } }: Deduplicator,
  { name, key, timeout }: { readonly name: string; readonly key: string; readonly timeout: number },
  content: Published,
  publish: Publish<Published, Value>,
  { probe, effectWithin }: OnceProbe<Published>,
) {
  const look: Probe<string> | undefined = probe && ((_, context) => probe(content, context));
  return defineCall({
    name,
    callee: task((_: string, context) => publish(content, context)),
    timeout,
    effects: probe === undefined ? "once" : "verifiable",
    key: () => key,
    probe: look,
    ...(effectWithin !== undefined && { effectWithin }),
    ledger,
    logger,
  } as CallOptions<string, Value, object, undefined>);
}

/** The result for committed content: a replay, also if it was committed without `once`. */
function publishedBefore<Value>(
  { name, key }: { readonly name: string; readonly key: string },
  { seen, once: operation }: CheckContentAnswer & { readonly kind: "duplicate" },
): KeyedResult<Value> {
  const value = operation?.value ?? { kept: "none" };
  const callId = operation?.callId ?? seen.callId ?? "";
  return makeResult(
    {
      callId: randomUUID(),
      name,
      key,
      outcome: "replayed",
      attempts: [],
      durationMs: 0,
      stdoutTail: "",
      stderrTail: "",
      stdoutBytes: 0,
      stdoutSha256: SHA256_OF_NOTHING,
      replay: {
        callId,
        ageMs: Math.max(0, Date.now() - seen.firstAt),
        valueKept: value.kept,
        settledBy: operation?.settledBy ?? "attempt",
      },
    },
    (value.kept === "value" ? readValue(value) : undefined) as Value,
    {},
  );
}
