import { describe, expect, it } from "vitest";
import {
  claude,
  codex,
  command,
  ConfigError,
  defineCall,
  gemini,
  job,
  runCommand,
  task,
} from "../../../src/index.ts";
import type { Resource } from "../../../src/resources/options.ts";

const ONE_PLACE: Resource = { name: "printer", limits: { concurrency: 1 } };
const BUDGET: Resource = {
  name: "anthropic",
  limits: { budget: { microUsd: 25_000_000, window: { kind: "sliding", ms: 86_400_000 } } },
};

const DRIVER = {
  submit: async () => undefined,
  status: async () => ({ state: "missing" }) as const,
  cancel: async () => undefined,
  result: async () => ({ value: 1 }),
};

function problemsOf(options: object): readonly string[] {
  try {
    defineCall({ name: "it", callee: task(async () => 1), timeout: "1m", effects: "none", ...options });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe("a definition with a resource", () => {
  it.each<[string, object, readonly RegExp[]]>([
    ["a resource, and no word on waiting", { resource: ONE_PLACE }, []],
    ["that waits", { resource: ONE_PLACE, onBusy: "wait" }, []],
    ["that fails", { resource: ONE_PLACE, onBusy: "fail" }, []],
    ["another word", { resource: ONE_PLACE, onBusy: "queue" }, [/^onBusy must be "wait" or "fail"$/]],
    ["onBusy alone", { onBusy: "wait" }, [/^onBusy is allowed only with a resource$/]],
    ["a name", { resource: "printer" }, [/^resource is "printer"; give what defineResource\(\) returned$/]],
    ["options", { resource: { name: "a", concurrency: 1 } }, [/^resource is an object; give what defineRes/]],
    [
      "a budget for a task",
      { resource: BUDGET },
      [/^the resource "anthropic" has a budget in USD, and a task /],
    ],
    ["a budget for a command", { resource: BUDGET, callee: command("true") }, [/a command does not report/]],
    [
      "a budget for a job",
      { resource: BUDGET, callee: job(DRIVER) },
      [/give the resource usdPerTiB, or cost/],
    ],
    [
      "a budget for codex",
      { resource: BUDGET, callee: codex() },
      [/^the resource "anthropic" has a budget in USD, and codex reports its tokens, but no cost; give the/],
    ],
    ["a price for gemini", { resource: { ...BUDGET, cost: 0.01 }, callee: gemini({ model: "m" }) }, []],
    ["a budget for claude", { resource: BUDGET, callee: claude() }, []],
    ["a price for a job", { resource: { ...BUDGET, usdPerTiB: 6.25 }, callee: job(DRIVER) }, []],
    [
      "a price for a task, which has no bytes",
      { resource: { ...BUDGET, usdPerTiB: 6.25 } },
      [/a task does not/],
    ],
    ["a fixed cost for a task", { resource: { ...BUDGET, cost: 0.01 } }, []],
    [
      "a computed cost for a command",
      { resource: { ...BUDGET, cost: () => 1 }, callee: command("true") },
      [],
    ],
  ])("%s", (_, options, expected) => {
    const problems = problemsOf(options);
    expect(problems).toEqual(expected.map((pattern) => expect.stringMatching(pattern) as string));
  });

  it("is checked by runCommand too", async () => {
    const run = runCommand("true", [], { timeout: "1m", onBusy: "fail" });
    await expect(run).rejects.toMatchObject({ problems: ["onBusy is allowed only with a resource"] });
  });
});
