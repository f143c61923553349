import { mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { DEFAULT_VERSION } from "../conformance/agents/claude/genuine.ts";
import { type Entry, type Exchange, type Message, trimmed } from "../conformance/sdk/exchange.ts";
import { type Json, objectOf, OPEN, startFake, temporaryFolder } from "./harness.ts";

/** What the genuine 2.1.329 and the official SDK said to each other; `test/conformance/sdk/record.mjs` wrote it down. */
const exchanges = JSON.parse(
  readFileSync(new URL("../fixtures/sdk-exchanges.json", import.meta.url), "utf8"),
) as readonly Exchange[];

/** Lets the fake take the place of the CLI, with the recorded SDK on the other side. @returns what the two said */
async function replay({ reply, entries }: Exchange): Promise<readonly Entry[]> {
  const home = realpathSync(temporaryFolder());
  const cwd = join(home, "work");
  mkdirSync(cwd);
  const scenario = join(home, "scenario.json");
  writeFileSync(scenario, JSON.stringify({ replies: [reply] }));
  const [{ what: args }] = entries as unknown as [{ readonly what: readonly string[] }];
  const env = { HOME: home, TMPDIR: home, FAKE_CLAUDE_SCENARIO: scenario };
  const fake = startFake(args, { env, stdin: OPEN, cwd });
  const lines = createInterface({ input: fake.child.stdout! })[Symbol.asyncIterator]();
  const ids = new RequestIds();
  const said: Entry[] = [];
  for (const entry of entries) {
    if (entry.from === "sdk") {
      fake.child.stdin?.write(`${JSON.stringify(ids.forFake(withFolder(entry.what, cwd)))}\n`);
      said.push({ from: "sdk", what: ids.forFake(entry.what) });
    } else if (entry.from === "stdin") {
      fake.child.stdin?.end();
      said.push(entry);
    } else if (entry.from === "cli") {
      const { value, done } = await lines.next();
      if (done === true) break;
      const what = objectOf(JSON.parse(value));
      ids.heard(what);
      said.push({ from: "cli", what });
    } else if (entry.from === "args") said.push(entry);
  }
  fake.child.stdin?.end();
  for (let line = await lines.next(); line.done !== true; line = await lines.next()) {
    said.push({ from: "cli", what: objectOf(JSON.parse(line.value)) });
  }
  const { exitCode, signal } = await fake.ended;
  said.push({ from: "exit", what: String(signal ?? exitCode) });
  return trimmed(said, { home, cwd, gateway: "http://gateway.test:8080", version: DEFAULT_VERSION });
}

const withFolder = (message: Message, cwd: string): Message =>
  objectOf(JSON.parse(JSON.stringify(message).replaceAll("<cwd>", cwd)));

/** The fixture numbers the CLI's requests; the fake has given them ids of its own. */
class RequestIds {
  readonly #ids: unknown[] = [];

  heard(message: Json): void {
    if (message["type"] === "control_request") this.#ids.push(message["request_id"]);
  }

  forFake(message: Message): Message {
    if (message["type"] !== "control_response") return message;
    const response = objectOf(message["response"]);
    const number = Number(/^request (\d+)$/.exec(String(response["request_id"]))?.[1]);
    return { ...message, response: { ...response, request_id: this.#ids[number - 1] } };
  }
}

describe("the fake says to the SDK what the genuine CLI says", () => {
  test.each(exchanges.map((exchange) => [exchange.name, exchange] as const))("%s", async (_, exchange) => {
    expect(await replay(exchange)).toEqual(exchange.entries);
  });
});
