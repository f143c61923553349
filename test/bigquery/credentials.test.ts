import { BigQuery, type BigQueryOptions } from "@google-cloud/bigquery";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { bigqueryQuery } from "../../src/bigquery/index.ts";
import { defineCall } from "../../src/index.ts";
import { memoryLedger } from "../../src/testing/memory-ledger.ts";
import { ROOT, tempFolder } from "../helpers/files.ts";

/** As BigQuery answers a request without credentials. */
let server: Server;
let requests = 0;

beforeAll(async () => {
  server = createServer((_request, response) => {
    requests += 1;
    response.writeHead(401, { "content-type": "application/json" });
    response.end('{"error":{"code":401,"message":"Login Required.","errors":[{"reason":"required"}]}}');
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => server.close());
afterEach(() => {
  requests = 0;
  vi.unstubAllEnvs();
});

async function query(options: BigQueryOptions) {
  const apiEndpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new BigQuery({ projectId: "p", apiEndpoint, autoRetry: false, ...options });
  const call = defineCall({
    name: "report",
    callee: bigqueryQuery({ client, query: "SELECT 1", rows: "any" }),
    timeout: "20s",
    effects: "once",
    key: () => "2026-11-20",
    ledger: memoryLedger(),
  });
  return call.settle();
}

it.each<[string, BigQueryOptions, string]>([
  ["a key file that is missing", { keyFilename: "/nope/key.json" }, "ENOENT"],
  ["a file that is no key", { keyFilename: path.join(ROOT, "package.json") }, "MISSING_CREDENTIALS"],
  [
    "a private key that is none",
    { credentials: { client_email: "a@example.com", private_key: "x" } },
    "ERR_OSSL_UNSUPPORTED",
  ],
])("%s: nothing was sent, and the message names the credentials", async (_case, options, code) => {
  const settled = await query(options);
  expect(settled).toMatchObject({
    code: "auth",
    effect: "not_started",
    message: `The call "report" could not use the credentials of its client (${code}). Check the client's key file or GOOGLE_APPLICATION_CREDENTIALS; the error's cause has the reason.`,
    cause: expect.objectContaining({ code }) as unknown,
  });
  expect(requests).toBe(0);
});

it("no credentials at all: BigQuery has refused the request", async () => {
  vi.stubEnv("HOME", tempFolder());
  vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", undefined);
  vi.stubEnv("METADATA_SERVER_DETECTION", "none");
  const settled = await query({});
  expect(settled).toMatchObject({
    code: "auth",
    effect: "rejected",
    message:
      "The call \"report\" found no credentials on this machine. Check the client's key file or GOOGLE_APPLICATION_CREDENTIALS; the error's cause has the reason.",
  });
  expect(requests).toBe(1);
});
