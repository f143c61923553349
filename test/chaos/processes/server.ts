/**
 * The service that publishes, `server.ts <seed>`: it prints its URL, and then, for each line on stdin, everything that it
 * was asked and did. Its log is the truth that the run is judged by. After the line `"calm"` it answers every request well.
 */
import { createInterface } from "node:readline";
import { PublishServer } from "../../call/guard/publish-server.ts";
import { replyTo } from "../subject.ts";

const [seed = ""] = process.argv.slice(2);
let isCalm = false;
const server = await PublishServer.begin({
  reply: (key, _path, nth) => (isCalm ? { manner: "ok", delayMs: 0 } : replyTo(seed, key, nth)),
});
const print = (value: unknown) => console.log(JSON.stringify(value));
print(server.url);
for await (const line of createInterface({ input: process.stdin })) {
  if (JSON.parse(line) === "calm") {
    isCalm = true;
    server.hangUp();
  }
  print(server.log);
}
process.exit(0);
