/**
 * Publishes a post over HTTP once, also if the request times out, this process crashes, or the job is started again.
 * It needs nothing but hardcall.
 *
 * Try it on a local service, without credentials:
 *
 *     node publish-once-try.mts
 *
 * To use it, replace the two requests below with those of your service. Then:
 *
 *     node publish-once.mts https://api.example.com alpine-lodge 2026-11-20T18:00 "Fresh snow"
 *
 * The service of this example ignores idempotency keys, so a retry needs proof that the post is not there yet. The probe
 * asks the service for it. If your service honours a key, you need no probe: send the task's `key` along and declare
 * `effects: "keyed"`.
 */
import { defineCall, rejected, task } from "hardcall";
import { refuse, reportFailure } from "./exit-code.mts";

export interface Post {
  readonly property: string;
  /** When the post is to appear. Two posts of one property and slot are the same post. */
  readonly slot: string;
  readonly text: string;
}

export interface Published {
  readonly id: string;
}

export interface PublishOptions {
  /** The file in which hardcall records the calls. @default HARDCALL_LEDGER, else one in your home folder */
  readonly ledger?: string | undefined;
  /** How long one request may take. @default "30s" */
  readonly attemptTimeout?: string | undefined;
  /** How long after a request has ended the service may still publish its post. @default "2m" */
  readonly effectWithin?: string | undefined;
}

export function publishOnce(service: string, options: PublishOptions = {}) {
  const { ledger, attemptTimeout = "30s", effectWithin = "2m" } = options;
  const postUrl = ({ property, slot }: Post) =>
    new URL(`/posts/${encodeURIComponent(property)}/${encodeURIComponent(slot)}`, service);

  return defineCall({
    name: "publish-post",
    callee: task(async (post: Post, { signal }): Promise<Published> => {
      const body = JSON.stringify(post);
      const response = await fetch(new URL("/posts", service), { method: "POST", body, signal });
      const { status } = response;
      // A 4xx says that nothing was published. An error says nothing by itself; only rejected() does.
      if (status >= 400 && status < 500) throw rejected("the service refused the post", { status });
      if (!response.ok) throw Object.assign(new Error("not published"), { status });
      return (await response.json()) as Published;
    }),
    timeout: { total: "10m", attempt: attemptTimeout },
    effects: "verifiable",
    key: ({ property, slot }) => [property, slot],
    probe: async (post, { signal }) => {
      const response = await fetch(postUrl(post), { signal });
      await response.body?.cancel();
      if (response.ok) return "present";
      // Only a definite answer is one: an outage must not pass for "nothing there".
      return response.status === 404 ? "absent" : "unknown";
    },
    // A request that has left may land after we have given up: for so long "not there" proves nothing.
    effectWithin,
    evidence: [(published: Published) => published.id !== ""],
    retry: { attempts: 3 },
    ledger,
  });
}

/** Looked at before the call: an error inside a task says nothing of its effect, so the post would be in doubt. */
const isUrl = (text: string) => /^https?:/.test(URL.parse(text)?.protocol ?? "");

if (import.meta.main ?? process.argv[1] === import.meta.filename) {
  const [service = "", property, slot, text, ...more] = process.argv.slice(2);
  if (
    property === undefined ||
    slot === undefined ||
    text === undefined ||
    more.length > 0 ||
    !isUrl(service)
  )
    refuse("node publish-once.mts https://SERVICE PROPERTY SLOT TEXT");
  try {
    const { outcome, value } = await publishOnce(service)({ property, slot, text });
    // A probe finds that the post is there, not its id.
    console.log(`${outcome}: ${value?.id ?? "the post is on the service"}`);
  } catch (error) {
    reportFailure(error);
  }
}
