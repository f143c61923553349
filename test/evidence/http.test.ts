import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { CallError, defineCall, httpFound, task, type HttpOptions } from "../../src/index.ts";

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const published = (url: string, options: HttpOptions = {}) =>
  defineCall({
    name: "publish-post",
    callee: task<void, string>(async () => "published"),
    timeout: "20s",
    effects: "none",
    evidence: [httpFound(url, { within: 1000, ...options })],
  });

describe("httpFound", () => {
  it("keeps status, size and hash, and not the query", async () => {
    const base = await serve((_, response) => response.end("<article>the post</article>"));
    const { evidence } = await published(`${base}/p/7?token=canary-10#top`, { contains: "</article>" })();
    expect(evidence).toEqual([
      {
        kind: "http",
        url: `${base}/p/7`,
        status: 200,
        bytes: 27,
        sha256: expect.stringMatching(/^[\da-f]{64}$/),
      },
    ]);
  });

  it.each<[string, RequestListener, HttpOptions, string]>([
    ["an error", (_, r) => r.writeHead(404).end("gone"), {}, "the URL answered with HTTP status 404"],
    [
      "a redirect to a login page",
      (request, r) =>
        request.url === "/login" ? r.end("log in") : r.writeHead(302, { location: "/login" }).end("moved"),
      {},
      "the URL answered with HTTP status 302",
    ],
    ["a blank page", (_, r) => r.end(" \n"), {}, "the URL answered with 2 bytes and nothing visible in them"],
    [
      "a page that says it is not there",
      (_, r) => r.end("not found"),
      { contains: "article" },
      "the answer does not contain the required text (contains)",
    ],
    ["a connection that says nothing", () => undefined, {}, "looking for it took longer than 1 s"],
  ])("does not take %s for the page", async (_, listener, options, words) => {
    const error = (await published(await serve(listener), options).settle()) as CallError;
    expect(error).toMatchObject({ code: "evidence_missing" });
    expect(error.message).toContain(`the evidence is missing: ${words}`);
  });

  it("looks again until the page is there", async () => {
    let requests = 0;
    const base = await serve((_, response) => {
      requests += 1;
      response.writeHead(requests < 3 ? 404 : 200).end("page");
    });
    expect(await published(base, { within: "15s" })()).toMatchObject({ evidence: [{ status: 200 }] });
    expect(requests).toBe(3);
  });

  it("a refused connection does not say that the callee never started", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const error = (await published(`http://127.0.0.1:${port}/`).settle()) as CallError;
    expect(error).toMatchObject({ code: "evidence_missing", effect: "completed" });
  });
});
