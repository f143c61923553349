import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import type { AgentEvent } from "../../src/callees/agent/events.ts";
import { progressOf } from "../../src/cli/terminal/agent-progress.ts";
import { ROOT } from "../helpers/files.ts";

/** The events of an observed run. */
function eventsOf(agent: string, name: string): AgentEvent[] {
  const file = path.join(ROOT, `test/fixtures/${agent}-reference.json`);
  const runs = JSON.parse(readFileSync(file, "utf8")) as readonly { name: string; stdout: string }[];
  const { stdout = "" } = runs.find((run) => run.name === name) ?? {};
  return stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as AgentEvent);
}

describe.each([
  ["codex", "tool-ok/json", "command_execution", 30],
  ["codex", "mcp-tool-echo/json", "echo", 30],
  ["codex", "web-search/json", "web_search", 15],
  ["gemini", "tool-ok/stream-json", "run_shell_command", 34],
] as const)("the observed run of %s %s", (agent, name, tool, tokens) => {
  test("shows the tool while it runs, and the tokens at the end", () => {
    const progress = progressOf(agent);
    const tools = eventsOf(agent, name).map((event) => {
      progress.see(event);
      return progress.status.tool;
    });
    expect(tools).toContain(tool);
    expect(progress.status).toEqual({ tool: undefined, turns: 0, tokens, costUsd: undefined });
    progress.next();
    expect(progress.status.tokens).toBe(0);
  });
});

test.each(["codex", "gemini"] as const)(
  "a tool of %s whose name could steer a terminal is not shown",
  (agent) => {
    const progress = progressOf(agent);
    const name = "\u001B[2Jx";
    progress.see({ type: "item.started", item: { type: "mcp_tool_call", tool: name } });
    progress.see({ type: "tool_use", tool_name: name });
    expect(progress.status.tool).toBe("a tool");
  },
);
