"use strict";
const { write } = require("../../shared/stdio.cjs");
const { print, trace } = require("./print.cjs");
const { warning } = require("./items.cjs");

const KNOWN_MODELS = /^(?:gpt-|o\d|codex-)/;
const NO_BUBBLEWRAP =
  "warning: Codex could not find bubblewrap on PATH. Install bubblewrap with your OS package manager. See the sandbox " +
  "prerequisites: https://developers.openai.com/codex/concepts/sandboxing#prerequisites. Codex will use the bundled bubblewrap " +
  "in the meantime.";

const sandboxInWords = (sandbox) =>
  sandbox === "workspace-write" ? "workspace-write [workdir, /tmp, $TMPDIR]" : sandbox;

const banner = (ctx) =>
  [
    "OpenAI Codex v0.169.0",
    "--------",
    `workdir: ${ctx.cwd}`,
    `model: ${ctx.model}`,
    `provider: ${ctx.provider}`,
    "approval: never",
    `sandbox: ${sandboxInWords(ctx.sandbox)}`,
    `reasoning effort: ${ctx.effort}`,
    "reasoning summaries: none",
    `session id: ${ctx.threadId}`,
    "--------",
    "user",
    `${ctx.prompt}`,
    ...(ctx.sandbox === "danger-full-access" ? [] : [NO_BUBBLEWRAP]),
  ].join("\n");

/** The thread begins; its prompt may still be refused. */
async function startThread(ctx) {
  await trace(
    ctx,
    "conversation_starts",
    `provider_name=${ctx.provider} sandbox_policy=${ctx.sandbox} mcp_server_count=0 `,
  );
  if (ctx.json) await print(ctx, { type: "thread.started", thread_id: ctx.threadId });
}

/** The turn begins: what the real CLI prints before it asks the model. */
async function startTurn(ctx) {
  if (!ctx.json) await write(2, `${banner(ctx)}\n`);
  if (!KNOWN_MODELS.test(ctx.model)) await warnOfModel(ctx);
  if (ctx.json) await print(ctx, { type: "turn.started" });
}

/** The real CLI knows no such model and goes on. */
const warnOfModel = (ctx, model = ctx.model) =>
  warning(
    ctx,
    `Model metadata for \`${model}\` not found. Defaulting to fallback metadata; this can degrade performance and cause issues.`,
  );

module.exports = { startThread, startTurn, warnOfModel };
