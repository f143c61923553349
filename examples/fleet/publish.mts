/**
 * The call that the workers make: one post for one property and day, once over all workers. Replace the two requests with those
 * of your service; see ../publish-once.mts for what each part of the definition does.
 */
import { defineCall, rejected, task } from "hardcall";

export const QUEUE = "publish";

export interface Slot {
  readonly property: string;
}

const BLOG = process.env["BLOG_URL"] ?? "http://127.0.0.1:8080";

/** The service ignores idempotency keys: two requests make two posts. It can say whether the post of a key is there. */
const postUrl = (key: string) => new URL(`/posts/${encodeURIComponent(key)}`, BLOG);

export const publishPost = defineCall({
  name: "publish-post",
  callee: task(async ({ property }: Slot, { key = "", signal }) => {
    const body = JSON.stringify({ property });
    const response = await fetch(postUrl(key), { method: "POST", body, signal });
    const { status } = response;
    if (status >= 400 && status < 500) throw rejected("the blog refused the post", { status });
    if (!response.ok) throw Object.assign(new Error("not published"), { status });
    return { url: response.url };
  }),
  timeout: "2m",
  effects: "verifiable",
  probe: async (_slot, { key, signal }) => {
    const response = await fetch(postUrl(key), { signal });
    await response.body?.cancel();
    if (response.ok) return "present";
    return response.status === 404 ? "absent" : "unknown";
  },
  // For so long after a request has ended, "not there" proves nothing: it may still arrive.
  effectWithin: "1m",
  // All workers need one ledger. Without this, one that lacks HARDCALL_LEDGER would use a file of its own machine.
  ledger: process.env["HARDCALL_LEDGER"] ?? process.env["DATABASE_URL"],
});
