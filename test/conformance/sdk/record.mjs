// Records what the genuine `claude` and the official SDK say to each other, under each condition, into
// test/fixtures/sdk-exchanges.json. No network: the model is a server on the loopback interface.
//
//   node test/conformance/sdk/record.mjs [--only TEXT] [--print]
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { z } from "zod";
import { loadSdk } from "../../fake-bin/sdk.ts";
import { cleanEnvironment, DEFAULT_VERSION, installGenuine } from "../agents/claude/genuine.ts";
import { SDK_CONDITIONS } from "./conditions.ts";
import { trimmed } from "./exchange.ts";
import { startModel } from "./model.ts";
import { PYTHON_CONDITIONS } from "./python-conditions.ts";
import { converseAsPython } from "./python-host.ts";
import { replyOf } from "./reply.ts";

const FIXTURE = fileURLToPath(new URL("../../fixtures/sdk-exchanges.json", import.meta.url));
const TEE = fileURLToPath(new URL("tee.mjs", import.meta.url));

const { values: options } = parseArgs({
  options: { only: { type: "string", default: "" }, print: { type: "boolean", default: false } },
});

const sdk = await loadSdk();
if (typeof sdk === "string") throw new Error(sdk);
const claude = await installGenuine();
const known = options.only === "" || options.print ? [] : JSON.parse(await readFile(FIXTURE, "utf8"));
const conditions = [...SDK_CONDITIONS, ...PYTHON_CONDITIONS];
const exchanges = new Map(known.map((exchange) => [exchange.name, exchange]));
for (const condition of conditions) {
  if (!condition.name.includes(options.only)) continue;
  process.stderr.write(`${condition.name}\n`);
  const exchange = await record(condition);
  exchanges.set(condition.name, exchange);
  if (options.print) for (const entry of exchange.entries) console.log(JSON.stringify(entry));
}
if (!options.print) {
  const ordered = conditions.flatMap(({ name }) => exchanges.get(name) ?? []);
  await writeFile(FIXTURE, `[\n${ordered.map(inLines).join(",\n")}\n]\n`);
}

async function record(condition) {
  const home = await realpath(await mkdtemp(join(tmpdir(), "hardcall-sdk-")));
  try {
    const cwd = join(home, "work");
    await mkdir(cwd);
    // oxlint-disable-next-line typescript/await-thenable -- the model is disposable; plain JavaScript has no lib for it
    await using model = await startModel(condition.steps);
    const log = join(home, "lines");
    const env = { ...cleanEnvironment({ home, gateway: model.url }), TEE_LOG: log, TEE_TARGET: claude };
    if (condition.answer) await converseAsPython(condition, { file: TEE, cwd, env });
    else {
      const given = condition.options?.(sdk, { title: z.string() });
      await converse(condition, { pathToClaudeCodeExecutable: TEE, cwd, settingSources: [], env, ...given });
    }
    const lines = (await readFile(log, "utf8")).trim().split("\n");
    const surroundings = { home, cwd, gateway: model.url, version: DEFAULT_VERSION };
    const entries = trimmed(lines.map(JSON.parse), surroundings);
    return { name: condition.name, reply: replyOf(condition.steps), entries: scrub(entries, home, cwd) };
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

async function converse({ whileWaiting }, queryOptions) {
  const query = sdk.query({ prompt: "Write the post.", options: queryOptions });
  let waiting = false;
  try {
    for await (const message of query) {
      // Late enough that the request for an answer is under way.
      if (!waiting && whileWaiting && message.type === "assistant" && callsTool(message)) {
        waiting = true;
        setTimeout(() => whileWaiting(query), 1000);
      }
    }
  } catch {
    // How it ended stands in the exchange.
  }
}

function callsTool({ message }) {
  return message.content.some(({ type }) => type === "tool_use");
}

/** A line for each thing said, so that a change of one is a change of a line. */
function inLines({ entries, ...exchange }) {
  const lines = entries.map((entry) => `   ${JSON.stringify(entry)}`);
  return ` { ${JSON.stringify(exchange).slice(1, -1)}, "entries": [\n${lines.join(",\n")}\n ] }`;
}

/** What the SDK said has the folder's name too. */
function scrub(entries, home, cwd) {
  return JSON.parse(JSON.stringify(entries).replaceAll(cwd, "<cwd>").replaceAll(home, "<home>"));
}
