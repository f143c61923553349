import { describe, expect, it } from "vitest";
import { fakeClaude } from "../../src/testing/index.ts";
import { SERVER } from "../conformance/mcp-server.ts";
import { loadSdk, type Message } from "./sdk.ts";

/** The methods of the official SDK's query that send control requests. */
interface Query extends AsyncGenerator<Message, void> {
  setModel(model?: string): Promise<void>;
  setPermissionMode(mode: string): Promise<void>;
  applyFlagSettings(settings: object): Promise<void>;
  updateSettings(source: string, settings: object): Promise<void>;
  mcpServerStatus(): Promise<readonly object[]>;
  setMcpServers(servers: object): Promise<object>;
  toggleMcpServer(name: string, enabled: boolean): Promise<void>;
  reconnectMcpServer(name: string): Promise<void>;
  getContextUsage(): Promise<{ readonly model: string; readonly totalTokens: number }>;
  reloadPlugins(options?: object): Promise<{ readonly plugins: readonly object[] }>;
  rewindFiles(id: string, options?: object): Promise<object>;
  stopTask(id: string): Promise<void>;
  backgroundTasks(id?: string): Promise<boolean>;
  supportedModels(): Promise<readonly { readonly value: string }[]>;
  readFile(path: string): Promise<unknown>;
  usage_EXPERIMENTAL_MAY_CHANGE_DO_NOT_RELY_ON_THIS_API_YET(): Promise<{
    readonly session: { readonly total_cost_usd: number };
  }>;
}

const sdk = await loadSdk();
if (typeof sdk === "string") console.warn(`The tests of the official SDK's methods are skipped: ${sdk}`);

/** A conversation: each `turn()` sends a message and gives the `init` of its answer. */
async function withQuery(
  use: (query: Query, turn: () => Promise<Message>) => Promise<void>,
  options: object = {},
): Promise<void> {
  if (typeof sdk === "string") throw new Error(sdk);
  await using fake = await fakeClaude({ mode: "ok", env: { FAKE_CLAUDE_MAX_LIFETIME_MS: "30000" } });
  const prompts = new TransformStream<object, object>();
  const writer = prompts.writable.getWriter();
  const query = (sdk.query as unknown as (options: object) => Query)({
    prompt: prompts.readable,
    options: { pathToClaudeCodeExecutable: fake.path, env: { ...process.env, ...fake.env }, ...options },
  });
  const turn = async () => {
    await writer.write({ type: "user", message: { role: "user", content: "x" }, parent_tool_use_id: null });
    let init: Message | undefined;
    for (;;) {
      const { done, value } = await query.next();
      if (done) throw new Error("the conversation ended");
      if (value["subtype"] === "init") init = value;
      if (value.type === "result" && init !== undefined) return init;
    }
  };
  try {
    await use(query, turn);
  } finally {
    await writer.close();
    for await (const _ of query);
  }
}

describe.skipIf(typeof sdk === "string")("methods of the official SDK's query", () => {
  it("change the model, the permission mode and the output style of the next turn", async () => {
    await withQuery(async (query, turn) => {
      await query.setModel("haiku");
      await query.setPermissionMode("plan");
      await query.applyFlagSettings({ outputStyle: "Explanatory" });
      expect(await turn()).toMatchObject({
        model: "claude-haiku-5-5",
        permissionMode: "plan",
        output_style: "Explanatory",
      });
      await query.applyFlagSettings({ model: "sonnet", outputStyle: null });
      await query.updateSettings("localSettings", { outputStyle: "Learning" });
      expect(await turn()).toMatchObject({ model: "claude-sonnet-5-5", output_style: "Learning" });
    });
  });

  it("connect, disable and remove MCP servers, which the next turn shows", async () => {
    await withQuery(async (query, turn) => {
      expect(await query.setMcpServers({ m: SERVER })).toEqual({ added: ["m"], removed: [], errors: {} });
      expect(await query.mcpServerStatus()).toMatchObject([
        { name: "m", status: "connected", serverInfo: { name: "tides" }, tools: [{ name: "tide" }] },
      ]);
      expect((await turn())["tools"]).toContain("mcp__m__tide");
      await query.toggleMcpServer("m", false);
      const disabled = await turn();
      expect(disabled["tools"]).not.toContain("mcp__m__tide");
      expect(disabled["mcp_servers"]).toEqual([{ name: "m", status: "disabled", source: "dynamic" }]);
      await expect(query.reconnectMcpServer("m")).rejects.toThrow("is disabled");
      await query.toggleMcpServer("m", true);
      expect((await turn())["mcp_servers"]).toMatchObject([{ name: "m", status: "connected" }]);
      expect(await query.setMcpServers({})).toEqual({ added: [], removed: ["m"], errors: {} });
      expect((await turn())["mcp_servers"]).toEqual([]);
    });
  });

  it("report an MCP server that does not start", async () => {
    await withQuery(async (query) => {
      const gone = { type: "stdio", command: "/nonexistent", args: [] };
      const { errors } = (await query.setMcpServers({ m: gone })) as { errors: Record<string, string> };
      expect(errors["m"]).toMatch(/^ENOENT/);
      await expect(query.toggleMcpServer("nosuch", false)).rejects.toThrow("Server not found: nosuch");
    });
  });

  it("tell the use of the context, the cost, models and plugins", async () => {
    await withQuery(async (query, turn) => {
      await turn();
      const { model, totalTokens } = await query.getContextUsage();
      expect([model, totalTokens > 0]).toEqual(["claude-opus-5-5", true]);
      const { session } = await query.usage_EXPERIMENTAL_MAY_CHANGE_DO_NOT_RELY_ON_THIS_API_YET();
      expect(session.total_cost_usd).toBeGreaterThan(0);
      expect((await query.supportedModels()).map(({ value }) => value)).toContain("haiku");
      expect((await query.reloadPlugins()).plugins).toHaveLength(3);
    });
  });

  it("find no files to rewind and no tasks, as where no tool has run", async () => {
    await withQuery(async (query) => {
      await expect(query.rewindFiles("x")).rejects.toThrow("File rewinding is not enabled.");
      expect(await query.rewindFiles("x", { dryRun: true })).toMatchObject({ canRewind: false });
      await query.stopTask("x");
      expect([await query.backgroundTasks(), await query.backgroundTasks("x")]).toEqual([true, false]);
    });
    await withQuery(
      async (query) => {
        await expect(query.rewindFiles("x")).rejects.toThrow("No file checkpoint found");
      },
      { enableFileCheckpointing: true },
    );
  });

  it("are refused by name where the fake has no answer", async () => {
    await withQuery(async (query) => {
      const { request } = query as unknown as {
        request: (request: object) => Promise<unknown>;
      };
      await expect(request.call(query, { subtype: "list_permission_rules" })).rejects.toThrow(
        /hardcall's fake claude, which does not answer the control request list_permission_rules/,
      );
    });
  });
});
