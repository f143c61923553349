/**
 * Kills a worker in the middle of a call, starts another, and counts the posts. It needs an empty Postgres database, and half a minute:
 *
 *     node try.mts
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { connect } from "./queue.mts";
import { QUEUE } from "./publish.mts";

const LIMIT_MS = 120_000;
const boss = await connect();

/** A blog that publishes a post as soon as it is asked to, and answers the first request only after a minute. */
const posts: string[] = [];
const asked = Promise.withResolvers<void>();
const blog = createServer(({ method, url = "" }, response) => {
  if (method === "GET") {
    response.writeHead(posts.includes(url) ? 200 : 404).end();
    return;
  }
  posts.push(url);
  asked.resolve();
  setTimeout(() => response.end(), 60_000).unref();
}).listen(0, "127.0.0.1");
await once(blog, "listening");

const started: ChildProcess[] = [];
function start(file: string, ...args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, file), ...args], {
    env: {
      ...process.env,
      BLOG_URL: `http://127.0.0.1:${(blog.address() as AddressInfo).port}`,
    },
    stdio: ["ignore", "ignore", "inherit"],
    timeout: LIMIT_MS,
  });
  started.push(child);
  return child;
}

try {
  const [code] = (await once(start("producer.mts", "--now", "alpine-lodge"), "exit")) as [number];
  if (code !== 0) throw new Error("the producer failed");
  const first = start("worker.mts");
  await asked.promise;
  first.kill("SIGKILL");
  console.log("worker 1 was killed while it waited for the blog's answer");

  const second = start("worker.mts");
  for (const until = performance.now() + LIMIT_MS; performance.now() < until; await wait(200)) {
    const [job] = await boss.findJobs(QUEUE);
    if (job === undefined || !["completed", "failed"].includes(job.state)) continue;
    const { outcome } = job.output as { readonly outcome: string };
    console.log(`worker 2: the job is ${job.state}, its call ${outcome}`);
    console.log(`${posts.length} post on the blog`);
    break;
  }
  second.kill("SIGTERM");
  await once(second, "exit");
} finally {
  for (const child of started) child.kill("SIGKILL");
  await boss.unschedule(QUEUE, "alpine-lodge");
  await boss.stop({ graceful: false });
  blog.closeAllConnections();
  blog.close();
}
