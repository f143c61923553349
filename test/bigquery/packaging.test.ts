import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { bigqueryQuery, type BigQueryClient } from "../../src/bigquery/index.ts";
import { genuineClient } from "./client.ts";

const SOURCE = path.join(import.meta.dirname, "../../src");

/** What a fresh process has loaded once it has imported a module: the client is CommonJS, and shows in its cache. */
async function loadedBy(file: string): Promise<string[]> {
  const script = `
    await import(${JSON.stringify(path.join(SOURCE, file))});
    const { createRequire } = await import("node:module");
    console.log(JSON.stringify(Object.keys(createRequire("/").cache)));`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script]);
  return JSON.parse(stdout) as string[];
}

it.each(["index.ts", "bigquery/index.ts"])("loads no Google package (%s)", async (file) => {
  expect((await loadedBy(file)).filter((loaded) => /google/.test(loaded))).toEqual([]);
});

it("takes the genuine client as its type says", () => {
  const client: BigQueryClient = genuineClient("http://127.0.0.1:9", "p");
  expect(bigqueryQuery({ client, query: "SELECT 1", rows: "any" }).problems).toEqual([]);
});
