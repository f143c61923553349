// The items of a turn. Each file of the real CLI's JSON has them as `item.started` and `item.completed`.
"use strict";
const { log, print, trace } = require("./print.cjs");

const ROUTER = "codex_core::tools::router";

const begun = (ctx, item, line) => print(ctx, { type: "item.started", item }, line);
const done = (ctx, item, line) => print(ctx, { type: "item.completed", item }, line);
const nextId = (ctx) => `item_${ctx.items++}`;

async function message(ctx, text) {
  await done(ctx, { id: nextId(ctx), type: "agent_message", text }, `codex\n${text}`);
  ctx.lastMessage = text;
}

const reasoning = (ctx, text) => done(ctx, { id: nextId(ctx), type: "reasoning", text }, text);

/** A warning: the run goes on. */
const warning = (ctx, text) =>
  done(ctx, { id: nextId(ctx), type: "error", message: text }, `warning: ${text.replaceAll("\r\n", "\n")}`);

/** A command that the model ran: nothing is really run. */
async function command(ctx, { command: text, output = "", exitCode = 0 }) {
  await trace(ctx, "tool_call_received", 'tool_name="exec_command" tool_source="direct" ');
  const item = { id: nextId(ctx), type: "command_execution", command: `/bin/bash -lc ${quoted(text)}` };
  const running = { ...item, aggregated_output: "", exit_code: null, status: "in_progress" };
  await begun(ctx, running, `exec\n${item.command} in ${ctx.cwd}`);
  const status = exitCode === 0 ? "completed" : "failed";
  const said = exitCode === 0 ? "succeeded" : `exited ${exitCode}`;
  const end = { ...item, aggregated_output: output, exit_code: exitCode, status };
  await done(ctx, end, ` ${said} in 0ms:${output && `\n${output}`}`);
}

/** As the real CLI shows an argument of the shell. */
function quoted(text) {
  if (/^\w+$/.test(text)) return text;
  return text.includes("'") ? `"${text}"` : `'${text}'`;
}

/** A file that the model added with apply_patch: nothing is really written. */
async function patch(ctx, { path, content }) {
  await trace(ctx, "tool_call_received", 'tool_name="apply_patch" tool_source="direct" ');
  const item = {
    id: nextId(ctx),
    type: "file_change",
    changes: [{ path: `${ctx.cwd}/${path}`, kind: "add" }],
  };
  await begun(ctx, { ...item, status: "in_progress" }, "apply patch");
  await done(
    ctx,
    { ...item, status: "completed" },
    `patch: completed\n${ctx.cwd}/${path}\n${diffOf(path, content)}`,
  );
}

function diffOf(path, content) {
  const { createHash } = require("node:crypto");
  const blob = createHash("sha1")
    .update(`blob ${Buffer.byteLength(content)}\0${content}`)
    .digest("hex");
  const lines = content.trimEnd().split("\n");
  return [
    `diff --git a/${path} b/${path}`,
    "new file mode 100644",
    `index ${"0".repeat(40)}..${blob}`,
    "--- /dev/null",
    `+++ b/${path}`,
    `@@ -0,0 +1${lines.length > 1 ? `,${lines.length}` : ""} @@`,
    ...lines.map((line) => `+${line}`),
    "",
  ].join("\n");
}

/** A call of an MCP tool: `text` is its result; `error` is the reason why it was refused. */
async function mcpTool(ctx, { server, tool, text, failed = false, error }) {
  await trace(ctx, "tool_call_received", `tool_name="${tool}" tool_source="mcp" `);
  const item = { id: nextId(ctx), type: "mcp_tool_call", server, tool, arguments: {} };
  await begun(
    ctx,
    { ...item, result: null, error: null, status: "in_progress" },
    `mcp: ${server}/${tool} started`,
  );
  const result = error === undefined ? { content: [{ type: "text", text }], structured_content: null } : null;
  const status = failed || error !== undefined ? "failed" : "completed";
  await done(
    ctx,
    { ...item, result, error: error === undefined ? null : { message: error }, status },
    `mcp: ${server}/${tool} (${status})`,
  );
}

/** The real CLI prints the key `id` twice. */
async function webSearch(ctx, query) {
  const item = `{"id":"${nextId(ctx)}","type":"web_search","id":"ws_1","query":${JSON.stringify(query)},"action":{"type":"search","query":${JSON.stringify(query)}}}`;
  for (const type of ["item.started", "item.completed"]) {
    if (ctx.json) await ctx.write(`{"type":"${type}","item":${item}}\n`);
    else await print(ctx, undefined, `web search: ${query}`);
  }
}

/** A tool call that is refused: it has no event, only a line of the log. */
async function refusedTool(ctx, reason, tool = "exec_command") {
  await trace(ctx, "tool_call_received", `tool_name="${tool}" tool_source="direct" `);
  await log("ERROR", ROUTER, `error=${reason}`);
}

module.exports = {
  command,
  mcpTool,
  message,
  patch,
  reasoning,
  refusedTool,
  warning,
  webSearch,
};
