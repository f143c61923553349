/**
 * The service whose effects are counted, `service.ts <address> <seed>` (without a seed it answers well): it prints its URL, and for each line on stdin everything that it
 * was asked and did. A run is judged by it.
 */
import { createInterface } from "node:readline";
import { PublishServer, type Reply } from "../../call/guard/publish-server.ts";
import { replyTo } from "../plan/jobs.ts";

const [host, seed = ""] = process.argv.slice(2);
/** One that answers well, but never the first request for a key that says so. */
const calm = (key: string, nth: number): Reply => ({
  manner: nth === 1 && key.startsWith("held") ? "holds" : "ok",
  delayMs: 0,
});
const server = await PublishServer.begin({
  host,
  reply: (key, _path, nth) => (seed === "" ? calm(key, nth) : replyTo(seed, key, nth)),
});
const print = (value: unknown) => console.log(JSON.stringify(value));
print(server.url);
for await (const _ of createInterface({ input: process.stdin })) print(server.log);
process.exit(0);
