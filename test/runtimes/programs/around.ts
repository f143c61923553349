/** What stands around a call: evidence, sentinels, OpenTelemetry. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import {
  command,
  defineCall,
  evidenceCommand,
  eventually,
  fileWritten,
  httpFound,
  rowsExist,
  type Evidence,
} from "hardcall";
import { instrument } from "hardcall/otel";
import { check, failureOf } from "./lib/check.ts";
import { hardcall, tempFolder } from "./lib/start.ts";

const making = (script: string, ...evidence: readonly Evidence<string>[]) =>
  defineCall({
    name: "make",
    callee: command("sh", ["-c", `${script}; echo made`]),
    timeout: "15s",
    effects: "none",
    evidence,
  });
const isMissing = async (call: () => Promise<unknown>) =>
  assert.equal((await failureOf(call())).code, "evidence_missing");

await check("evidence by file, command, HTTP and rows; a missing artifact is no success", [18], async () => {
  const folder = tempFolder();
  const file = path.join(folder, "post.md");
  await isMissing(making("true", fileWritten(file)));
  await making(`echo text >"${file}"`, fileWritten(file), evidenceCommand("test", ["-s", file]))();
  const server = createServer((_, answer) => answer.end("found it")).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  await making("true", httpFound(url))();
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
  await isMissing(making("true", eventually(httpFound(url), { within: "300ms" })));
  const client = new DatabaseSync(path.join(folder, "posts.db"));
  client.exec("CREATE TABLE posts (id INTEGER)");
  const rows = rowsExist({ client, query: "SELECT id FROM posts" });
  await isMissing(making("true", rows));
  client.exec("INSERT INTO posts VALUES (1)");
  await making("true", rows)();
  client.close();
});

await check("a sentinel alerts for files and rows that stay away, and is ok with them", [39], async () => {
  const folder = tempFolder();
  const [ledger, file] = [path.join(folder, "ledger.db"), path.join(folder, "posts.db")];
  mkdirSync(path.join(folder, "posts"));
  const database = new DatabaseSync(file);
  database.exec("CREATE TABLE posts (id INTEGER, at INTEGER); INSERT INTO posts VALUES (0, 1577836800000)");
  const rows = { database: file, query: "SELECT id, at FROM posts", id: "id", at: "at" };
  const sentinels = [
    { name: "files", window: "26h", count: { files: "*.md", cwd: path.join(folder, "posts") } },
    { name: "rows", window: "26h", count: { rows } },
  ];
  const old = path.join(folder, "posts/old.md");
  writeFileSync(old, "an old post");
  utimesSync(old, 1_577_836_800, 1_577_836_800);
  const config = path.join(folder, "sentinels.json");
  writeFileSync(config, JSON.stringify({ sentinels }));
  const look = () => hardcall(["sentinel", "check", "--config", config, "--ledger", ledger]);
  const silent = await look();
  assert.equal(silent.code, 1, silent.stderr);
  assert.match(silent.stdout, /ALERT[^]*ALERT/);
  writeFileSync(path.join(folder, "posts/a.md"), "a post");
  database.exec(`INSERT INTO posts VALUES (1, ${Date.now()})`);
  database.close();
  const fine = await look();
  assert.equal(fine.code, 0, fine.stdout + fine.stderr);
});

await check("OpenTelemetry gets a span for each call and attempt, each in its parent's", [], async () => {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(provider);
  const stop = instrument();
  await making("true")();
  stop();
  const [attempt, call] = exporter.getFinishedSpans();
  assert.equal(attempt?.parentSpanContext?.spanId, call?.spanContext().spanId);
});
