// Prints events on stdout with --json, and their lines on stderr without it.
"use strict";
const { write } = require("../../shared/stdio.cjs");

/** An event of --json; the text format prints `line` on stderr instead, if there is one. */
async function print(ctx, event, line) {
  if (ctx.json) await ctx.write(`${JSON.stringify(event)}\n`);
  else if (line !== undefined) await write(2, `${line}\n`);
}

/** A line of the log on stderr, in both formats. */
const log = (level, target, text) =>
  write(2, `${new Date().toISOString().replace("Z", "000Z")} ${level.padStart(5)} ${target}: ${text}\n`);

/** What RUST_LOG=codex_otel.trace_safe=info adds. */
async function trace(ctx, event, more = "") {
  if (!ctx.traced) return;
  const about = `conversation.id=${ctx.threadId} app.version=0.169.0 model=${ctx.model} slug=${ctx.model}`;
  await log("INFO", "codex_otel.trace_safe", `event.name="codex.${event}" ${more}${about}`);
}

/** What RUST_LOG=codex_app_server::outgoing_message=trace adds for each piece of text that the model writes. */
async function traceDelta(ctx) {
  if (!ctx.traced) return;
  const text = "app-server event: item/agentMessage/delta targeted_connections=1";
  await log("TRACE", "codex_app_server::outgoing_message", text);
}

module.exports = { log, print, trace, traceDelta };
