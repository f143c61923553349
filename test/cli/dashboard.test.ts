import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { chmodSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { ask } from "../dashboard/visitor.ts";
import { linesIn, tempFolder } from "../helpers/files.ts";
import { ledgerPath, newLedger } from "../helpers/ledger.ts";
import { startTcpProxy } from "../helpers/tcp-proxy.ts";
import { hardcall, startHardcall, type Started } from "../helpers/run.ts";

/** What it has printed, once that is as it should be. */
async function printed({ child }: Started, isRight: RegExp): Promise<string> {
  let all = "";
  for await (const chunk of child.stdout?.iterator({ destroyOnReturn: false }) ?? []) {
    all += String(chunk);
    if (isRight.test(all)) break;
  }
  return all;
}

test.each(["SIGINT", "SIGTERM"] as const)(
  "serves until %s, and then ends with 0, also with a page open",
  async (signal) => {
    const ledger = ledgerPath();
    const started = startHardcall(["dashboard", "--ledger", ledger]);
    const told = await printed(started, /\n/);
    const [, url = ""] = /^The dashboard of .*: (http:\S+)\n$/.exec(told) ?? [];
    expect(told).toBe(`The dashboard of ${ledger}: ${url}\n`);
    const { port, pathname, search } = new URL(url);
    const next = printed(started, /For another browser/);
    const session = await ask(Number(port), pathname + search);
    expect(await next).toMatch(/^For another browser: http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}\n$/);
    const cookie = session.headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
    const page = await ask(Number(port), "/", { headers: { cookie } });
    expect([page.status, page.headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
    const events = ask(Number(port), "/events", { headers: { cookie } });
    const overview = await ask(Number(port), "/api/overview", { headers: { cookie } });
    expect(JSON.parse(overview.body)).toMatchObject({
      ledger: { problem: { message: expect.stringContaining("There is no ledger at") } },
    });
    started.child.kill(signal);
    const { exitCode, stderr } = await started.finished;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect((await events).body).toContain("event: overview");
  },
);

test("ends while a server of Postgres does not answer", async () => {
  const proxy = await startTcpProxy(await newLedger("Postgres"));
  onTestFinished(() => proxy.close());
  const started = startHardcall(["dashboard", "--ledger", proxy.url]);
  const [, port = "", withToken = ""] =
    /http:\/\/127\.0\.0\.1:(\d+)(\S+)/.exec(await printed(started, /\n/)) ?? [];
  const cookie = (await ask(Number(port), withToken)).headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
  const overview = () => ask(Number(port), "/api/overview", { headers: { cookie } });
  expect((await overview()).status).toBe(200);
  proxy.swallowAnswers();
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  proxy.onData = (from) => from === "client" && resolve();
  const hanging = overview().then(
    ({ status }) => status,
    (error: NodeJS.ErrnoException) => error.code,
  );
  await asked;
  started.child.kill("SIGTERM");
  const { exitCode, signal } = await started.finished;
  expect([exitCode, signal]).toEqual([0, null]);
  expect(await hanging).toBe("ECONNRESET");
});

test("--open hands the URL to the browser's opener", async () => {
  const folder = tempFolder();
  const log = path.join(folder, "opened");
  const opener = path.join(folder, "xdg-open");
  writeFileSync(opener, `#!/bin/sh\necho "$1" >> '${log}'\n`);
  chmodSync(opener, 0o755);
  const env = { PATH: `${folder}:${process.env["PATH"]}` };
  const started = startHardcall(["dashboard", "--open", "--ledger", ledgerPath()], { env });
  const told = await printed(started, /\n/);
  expect(told).toContain(`: ${(await linesIn(log, 1))[0]}\n`);
  started.child.kill("SIGINT");
  expect((await started.finished).exitCode).toBe(0);
});

test("a chosen token is not printed", async () => {
  const token = "a-token-of-twenty-characters";
  const started = startHardcall([
    "dashboard",
    "--host",
    "127.0.0.1",
    "--token",
    token,
    "--ledger",
    ledgerPath(),
  ]);
  expect(await printed(started, /\n/)).toMatch(/: http:\/\/127\.0\.0\.1:\d+\/ \(it asks for the token\)\n$/);
  started.child.kill("SIGINT");
  expect((await started.finished).stderr).not.toContain(token);
});

describe("refuses before it listens", () => {
  test.each([
    [["--host", "0.0.0.0"], "--host needs --token"],
    [["--host", "a b", "--token", "x".repeat(20)], "--host is not a name or an address"],
    [["--token", "short"], "--token must have 20 to 200 characters"],
    [["--port", "65536"], "--port is 65536; give a number from 0 to 65535"],
    [["--port", "-1"], "--port"],
    [["--port", "http"], "--port"],
    [["--ledger", "mysql://x"], "must be the path of a file or a postgres:// URL"],
    [["more"], "more"],
  ])("%j", async (args, message) => {
    const { exitCode, stdout, stderr } = await hardcall(["dashboard", ...args]);
    expect([exitCode, stdout.toString()]).toEqual([2, ""]);
    expect(stderr).toContain(message);
    if (args.includes("x".repeat(20))) expect(stderr).not.toContain("x".repeat(20));
  });

  test("a port that another program has", async () => {
    const other = createServer();
    other.listen(0, "127.0.0.1");
    await once(other, "listening");
    onTestFinished(() => void other.close());
    const { port } = other.address() as AddressInfo;
    const { exitCode, stderr } = await hardcall([
      "dashboard",
      "--port",
      String(port),
      "--ledger",
      ledgerPath(),
    ]);
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringContaining(
        `cannot listen on 127.0.0.1 port ${port}: another program has this port; give another --port`,
      ),
    ]);
  });
});
