import { createRequire } from "node:module";
import path from "node:path";
import { expect } from "vitest";
import { importSdk } from "../fake-bin/sdk.ts";
import { resultOf, runProgram, toolResults } from "../fake-bin/sdk-program.ts";
import { clientTest } from "./harness/client-test.ts";

const CLIENT = "@anthropic-ai/claude-agent-sdk";
/** The last of 0.1 and of 0.2, whose servers are asked for their tools, and two of 0.3, which sends the tools ahead. */
const VERSIONS = ["0.1.77", "0.2.141", "0.3.300", "0.3.330"];

/** zod as this version of the SDK finds it. */
function titleOf(folder: string): object {
  const { z } = createRequire(path.join(folder, "x.js"))("zod") as typeof import("zod");
  return z.string();
}

const nothing = async () => ({});

for (const version of VERSIONS) {
  // Without the platform's own `claude`, which is several hundred megabytes.
  const client = {
    client: CLIENT,
    version,
    part: "fake-bin/claude",
    from: "npm",
    flags: ["--omit=optional"],
  } as const;

  clientTest(client, "canUseTool is asked, and a denial stands in permission_denials", async ({ folder }) => {
    const met = await runProgram({
      sdk: await importSdk(folder),
      tools: [{ name: "Bash", input: { command: "touch made-it", description: "x" } }],
      canUseTool: async () => ({ behavior: "deny", message: "Not on a Sunday." }),
    });
    expect(met.calls).toEqual(["canUseTool Bash"]);
    expect(toolResults(met)).toEqual(["Not on a Sunday."]);
    expect(resultOf(met)["permission_denials"]).toHaveLength(1);
  });

  clientTest(client, "hooks run, and an in-process MCP server is listed and called", async ({ folder }) => {
    const met = await runProgram({
      sdk: await importSdk(folder),
      tools: [{ name: "mcp__posts__publish", input: { title: "A" } }],
      title: titleOf(folder),
      canUseTool: async () => ({ behavior: "allow", updatedInput: { title: "B" } }),
      hooks: { UserPromptSubmit: nothing, PreToolUse: nothing, PostToolUse: nothing, Stop: nothing },
    });
    expect(met.messages[0]).toMatchObject({ mcp_servers: [{ name: "posts", status: "connected" }] });
    expect(met.calls).toEqual([
      "UserPromptSubmit",
      "PreToolUse mcp__posts__publish",
      "canUseTool mcp__posts__publish",
      "publish B",
      "PostToolUse mcp__posts__publish",
      "Stop",
    ]);
  });

  clientTest(client, "a PreToolUse hook denies what the rules allow", async ({ folder }) => {
    const met = await runProgram({
      sdk: await importSdk(folder),
      tools: [{ name: "Bash", input: { command: "ls" } }],
      hooks: {
        PreToolUse: async () => ({
          hookSpecificOutput: {
            hookEventName: "PreToolUse",
            permissionDecision: "deny",
            permissionDecisionReason: "Bash is off.",
          },
        }),
      },
    });
    expect(toolResults(met)).toEqual(["PreToolUse:Bash hook error: Bash is off."]);
  });
}
