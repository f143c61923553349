import { describe, expect, it } from "vitest";
import { z } from "zod";
import { loadSdk } from "./sdk.ts";
import { type Program, resultOf, runProgram, toolResults } from "./sdk-program.ts";

const sdk = await loadSdk();
if (typeof sdk === "string") console.warn(`The tests of the official SDK's callbacks are skipped: ${sdk}`);

const run = (program: Omit<Program, "sdk">) => {
  if (typeof sdk === "string") throw new Error(sdk);
  return runProgram({ sdk, ...program });
};

const bash = (command: string) => ({ name: "Bash", input: { command, description: "x" }, output: "" });
const publish = { name: "mcp__posts__publish", input: { title: "A" } };
const nothing = async () => ({});
const never = () => new Promise<never>(() => {});

describe.skipIf(typeof sdk === "string")(
  "callbacks of the official SDK, with the fake as its executable",
  () => {
    it("asks canUseTool, and a denial stands in the result", async () => {
      const met = await run({
        tools: [bash("touch made-it")],
        canUseTool: async () => ({ behavior: "deny", message: "Not on a Sunday." }),
      });
      expect(met.calls).toEqual(["canUseTool Bash"]);
      expect(toolResults(met)).toEqual(["Not on a Sunday."]);
      expect(resultOf(met)).toMatchObject({
        subtype: "success",
        is_error: false,
        permission_denials: [{ tool_name: "Bash", tool_input: { command: "touch made-it" } }],
      });
    });

    it("asks for each call on its own", async () => {
      const met = await run({
        tools: [bash("touch a"), bash("touch b"), bash("ls")],
        canUseTool: async (_, input) =>
          input["command"] === "touch a"
            ? { behavior: "allow", updatedInput: input }
            : { behavior: "deny", message: "Only a." },
      });
      expect(met.calls).toEqual(["canUseTool Bash", "canUseTool Bash"]);
      expect(resultOf(met)["permission_denials"]).toMatchObject([{ tool_input: { command: "touch b" } }]);
    });

    it("runs the tool of the SDK's own server with the input that canUseTool made of it", async () => {
      const met = await run({
        tools: [publish],
        title: z.string(),
        canUseTool: async () => ({ behavior: "allow", updatedInput: { title: "B" } }),
      });
      expect(met.calls).toEqual(["canUseTool mcp__posts__publish", "publish B"]);
      expect(toolResults(met)).toEqual([[{ type: "text", text: "published B" }]]);
      expect(resultOf(met)["permission_denials"]).toEqual([]);
      expect(met.messages[0]).toMatchObject({
        tools: expect.arrayContaining(["mcp__posts__publish"]),
        mcp_servers: [{ name: "posts", status: "connected" }],
      });
    });

    it("never calls a tool that is denied", async () => {
      const met = await run({
        tools: [publish],
        title: z.string(),
        canUseTool: async () => ({ behavior: "deny", message: "No." }),
      });
      expect(met.calls).toEqual(["canUseTool mcp__posts__publish"]);
    });

    it("ends the turn when the denial interrupts", async () => {
      const met = await run({
        tools: [bash("touch made-it"), publish],
        title: z.string(),
        canUseTool: async () => ({ behavior: "deny", message: "Stop.", interrupt: true }),
      });
      expect(met.calls).toEqual(["canUseTool Bash"]);
      expect(resultOf(met)).toMatchObject({
        subtype: "error_during_execution",
        terminal_reason: "aborted_tools",
      });
      expect(met.error).toMatch(/error result/);
    });

    it("takes a callback that throws as a denial", async () => {
      const met = await run({
        tools: [bash("touch a")],
        canUseTool: () => Promise.reject(new Error("broken")),
      });
      expect(toolResults(met)).toEqual(["Tool permission request failed: Error: broken"]);
      expect(resultOf(met)["permission_denials"]).toHaveLength(1);
    });

    it("waits for a callback that never answers until it is interrupted, and aborts its signal", async () => {
      let aborted = false;
      const met = await run({
        tools: [bash("touch a")],
        canUseTool: (_, __, { signal }) => {
          signal.addEventListener("abort", () => (aborted = true));
          return never();
        },
        onCall: (query) => void query.interrupt(),
      });
      expect(aborted).toBe(true);
      expect(resultOf(met)).toMatchObject({ terminal_reason: "aborted_tools" });
    });

    it("runs hooks round a call, in the order of the genuine CLI", async () => {
      const met = await run({
        tools: [publish],
        title: z.string(),
        allowedTools: ["mcp__posts__publish"],
        hooks: { UserPromptSubmit: nothing, PreToolUse: nothing, PostToolUse: nothing, Stop: nothing },
      });
      expect(met.calls).toEqual([
        "UserPromptSubmit",
        "PreToolUse mcp__posts__publish",
        "publish A",
        "PostToolUse mcp__posts__publish",
        "Stop",
      ]);
    });

    it("lets a safety hook deny a call that the rules allow", async () => {
      const met = await run({
        tools: [publish],
        title: z.string(),
        allowedTools: ["mcp__posts__publish"],
        hooks: {
          PreToolUse: async () => ({
            hookSpecificOutput: {
              hookEventName: "PreToolUse",
              permissionDecision: "deny",
              permissionDecisionReason: "Publishing is off.",
            },
          }),
        },
      });
      expect(met.calls).toEqual(["PreToolUse mcp__posts__publish"]);
      expect(toolResults(met)).toEqual(["PreToolUse:mcp__posts__publish hook error: Publishing is off."]);
      expect(resultOf(met)["permission_denials"]).toHaveLength(1);
    });

    it("lets a call through when the safety hook throws, as the genuine CLI does", async () => {
      const met = await run({
        tools: [publish],
        title: z.string(),
        allowedTools: ["mcp__posts__publish"],
        hooks: { PreToolUse: () => Promise.reject(new Error("broken")) },
      });
      expect(met.calls).toEqual(["PreToolUse mcp__posts__publish", "publish A"]);
      expect(resultOf(met)["permission_denials"]).toEqual([]);
    });
  },
);
