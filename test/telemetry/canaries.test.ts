import { tracingChannel } from "node:diagnostics_channel";
import path from "node:path";
import { inspect } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import {
  CHANNELS,
  claude,
  command,
  dedupe,
  defineCall,
  fileWritten,
  openLedger,
  task,
  type Logger,
} from "../../src/index.ts";
import { tempFolder as folder } from "../helpers/files.ts";
import { instrumented } from "./sdk.ts";

const CANARY = "canary";
const ANSWERS = path.join(import.meta.dirname, "fixtures/answers.mjs");

/** Everything that a subscriber, a logger and an exporter get to see, hidden properties and causes included. */
function watch() {
  const seen: string[] = [];
  const see = (what: unknown) => {
    seen.push(inspect(what, { depth: 20, showHidden: true, maxStringLength: null, maxArrayLength: null }));
  };
  for (const name of Object.values(CHANNELS)) {
    const channel = tracingChannel(name);
    const subscribers = { start: see, end: see, asyncStart: see, asyncEnd: see, error: see };
    channel.subscribe(subscribers);
    onTestFinished(() => {
      channel.unsubscribe(subscribers);
    });
  }
  const log = (fields: object, message: string) => {
    see(fields);
    see(message);
  };
  const sdk = instrumented({ ledgerSpans: true });
  const all = async () => {
    for (const { name, attributes, status, events } of sdk.spans()) see({ name, attributes, status, events });
    see(await sdk.metrics());
    return seen.join("\n");
  };
  return {
    logger: { info: log, warn: log, error: log } satisfies Logger,
    all,
    count: () => sdk.spans().length,
  };
}

describe("canaries in prompt, arguments, environment, input, key and output", () => {
  it("appear in no log line, span, metric or channel context, whether the call ends well or not", async () => {
    const { logger, all, count } = watch();
    const made = folder();
    const ledger = await openLedger(path.join(made, "ledger.db"));
    onTestFinished(() => ledger.close());
    const env = { SECRET: `${CANARY}-env`, ANSWER: `${CANARY}-answer` };
    const common = { timeout: "30s", effects: "none", logger, ledger } as const;
    const shell = (script: string) =>
      command("sh", ["-c", script, `${CANARY}-argument`], { env, stdin: `${CANARY}-stdin` });
    const print = `cat; echo "$SECRET $0"; echo "$SECRET $0" >&2`;

    const well = defineCall({ name: "well", callee: shell(print), key: () => [`${CANARY}-key`], ...common });
    const ended = await well();
    expect(ended.value).toContain(`${CANARY}-env ${CANARY}-argument`);
    expect((await well()).outcome).toBe("replayed");
    await defineCall({ name: "badly", callee: shell(`${print}; exit 4`), ...common }).settle();
    await defineCall({
      name: "late",
      callee: shell(`${print}; exec sleep 60`),
      ...common,
      timeout: "1s",
    }).settle();
    await defineCall({
      name: "no-file",
      callee: shell(print),
      ...common,
      evidence: [fileWritten((output: string) => path.join(made, output.slice(0, 20)), { within: 50 })],
    }).settle();
    await defineCall({ name: "no-json", callee: shell(print), ...common, output: z.object({}) }).settle();
    await defineCall({
      name: "misfit",
      callee: shell(`echo '{"${CANARY}": "${CANARY}"}'`),
      ...common,
      output: z.strictObject({ title: z.string() }),
    }).settle();

    const draft = defineCall({ name: "draft", callee: claude({ claudePath: ANSWERS, env }), ...common });
    expect((await draft(`${CANARY}-prompt`)).value).toContain(`${CANARY}-answer`);

    const throwing = task(async (input: string) => {
      throw Object.assign(new Error(input), { body: input, cause: new Error(input) });
    });
    await defineCall({ name: "throwing", callee: throwing, ...common }).settle(`${CANARY}-input`);

    const drafts = dedupe({ scope: "drafts", ledger, logger, maxStreak: 2 });
    await drafts.check(`${CANARY}-content`);
    await drafts.check(`${CANARY}-content`);
    await drafts.commit(`${CANARY}-content`);
    await drafts.check(`${CANARY}-content`).catch(() => undefined);

    const told = await all();
    expect(count()).toBeGreaterThan(20);
    for (const outcome of [
      "exit_nonzero",
      "timeout",
      "evidence_missing",
      "invalid_output",
      "job_failed",
      "replayed",
      "pending",
      "duplicate_streak",
    ])
      expect(told).toContain(outcome);
    const leaks = told.split("\n").filter((line) => line.includes(CANARY));
    expect(leaks).toEqual([]);
  });
});
