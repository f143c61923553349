import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { runInNewContext } from "node:vm";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { command, dedupe, defineCall, fileWritten, httpFound, task } from "../../src/index.ts";
import { ledgerPath } from "../helpers/ledger.ts";
import { tempFolder } from "../helpers/files.ts";

const BOM = "\uFEFF";
const output = z.object({ rows: z.number() });
const common = { name: "foreign", timeout: "20s", effects: "none" } as const;

test("JSON with a byte order mark is JSON, from a command", async () => {
  const callee = command("printf", [`${BOM}{"rows":3}`]);
  expect(await defineCall({ ...common, callee, output })()).toMatchObject({ value: { rows: 3 } });
});

test("JSON with a byte order mark is JSON, in a file and in an answer that are evidence", async () => {
  const file = path.join(tempFolder(), "draft.json");
  const server = createServer((_, response) => response.end(`${BOM}{"rows":3}`)).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const callee = task(async () => writeFileSync(file, `${BOM}{"rows":3}`));
  const evidence = [fileWritten(file, { schema: output }), httpFound(url, { schema: output })];
  expect(await defineCall({ ...common, callee, evidence })()).toMatchObject({ outcome: "executed" });
});

test("bytes of another realm are bytes, as stdin and as content", async () => {
  const bytes = runInNewContext("new Uint8Array([104, 105])") as Uint8Array;
  expect(bytes).not.toBeInstanceOf(Uint8Array);
  for (const stdin of [bytes, () => bytes]) {
    const call = defineCall({ ...common, callee: command("cat", [], { stdin }) });
    expect(await call()).toMatchObject({ value: "hi" });
  }
  const gate = dedupe({ scope: "realms", ledger: ledgerPath() });
  expect(await gate.check(bytes)).toMatchObject({ verdict: "new", bytes: 2 });
});
