// What the SDK says of itself with `initialize`: its hooks and its MCP servers.
"use strict";
const { writeNow } = require("../../shared/stdio.cjs");

/** Takes the hooks and connects the servers. @returns once the servers are connected, or have failed to */
async function registerHost(ctx, { hooks, sdkMcpServers = [], sdkMcpServerManifests = {} }) {
  if (hooks) takeHooks(ctx, hooks);
  const names = new Set([...sdkMcpServers, ...configuredSdkServers(ctx.flags["mcp-config"])]);
  if (names.size === 0) return;
  const { connect, serversOf } = require("./mcp-servers.cjs");
  ctx.host.manifests = sdkMcpServerManifests;
  for (const name of names) {
    serversOf(ctx).set(name, { config: { type: "sdk", name }, source: "sdk", status: "pending" });
  }
  await Promise.all([...names].map((name) => connect(ctx, name)));
}

/** Waits for the servers before a turn. Those of the SDK that failed are tried once more, in each turn. */
async function awaitServers(ctx) {
  await ctx.hostReady;
  const failed = [...(ctx.mcp ?? [])].filter(
    ([, { config, status }]) => config.type === "sdk" && status === "failed",
  );
  const { connect } = require("./mcp-servers.cjs");
  await Promise.all(failed.map(([name]) => connect(ctx, name)));
}

function takeHooks(ctx, hooks) {
  ctx.host.hooks = hooks;
  const { unknownEvents } = require("./hooks.cjs");
  const unknown = unknownEvents(hooks);
  if (unknown.length === 0) return;
  writeNow(2, `fake claude: it never runs the hooks of ${unknown.join(", ")}; see fake-bin/README.md\n`);
}

/** Python's SDK names its servers on the command line. */
function configuredSdkServers(configs = []) {
  return configs.flatMap((config) => {
    if (!config.trim().startsWith("{")) return [];
    const { mcpServers = {} } = JSON.parse(config);
    return Object.keys(mcpServers).filter((name) => mcpServers[name].type === "sdk");
  });
}

module.exports = { awaitServers, registerHost };
