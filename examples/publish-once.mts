/**
 * Publishes a post over HTTP, once: whatever times out, crashes or is started again, one post exists in the end.
 *
 *   node examples/publish-once.mts https://api.example.com alpine-lodge 2026-11-20T18:00 "Fresh snow"
 *
 * The service does not honour an idempotency key, so a repeat needs proof that nothing is there yet: the probe looks. A
 * service that does honour one needs no probe: send `key` along and declare `effects: "keyed"`.
 */
import { pathToFileURL } from "node:url";
import { CallError, defineCall, rejected, task } from "hardcall";

export interface Post {
  readonly property: string;
  /** When it is to appear: with the property, what makes two posts the same one. */
  readonly slot: string;
  readonly text: string;
}

export interface Published {
  readonly id: string;
}

export interface PublishOptions {
  /** The ledger's file. @default the embedded one */
  readonly ledger?: string | undefined;
  /** For one request. @default "30s" */
  readonly attemptTimeout?: string | undefined;
  /** How long the service may take to publish a post whose request has ended. @default "2m" */
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

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [service = "", property = "", slot = "", text = ""] = process.argv.slice(2);
  try {
    const { outcome, value } = await publishOnce(service)({ property, slot, text });
    console.log(`${outcome}: ${value?.id ?? "it is there"}`);
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
