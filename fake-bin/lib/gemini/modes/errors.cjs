// Runs that end with an error.
"use strict";
const { endBySignal, endOutOfMemory } = require("../../shared/runtime/invocation.cjs");
const { write } = require("../../shared/stdio.cjs");
const { API_ERRORS, modelNotFound } = require("../api/errors.cjs");
const { play } = require("../api/play.cjs");
const { half } = require("../conversation/answer.cjs");
const { ECHO, shellCall } = require("../conversation/tools.cjs");
const { endWithoutPrompt, inRed } = require("../print/stderr.cjs");

const failing = (name) => (ctx) => play(ctx, [{ error: API_ERRORS[name] }]);

/** An end before the first request: stdout stays empty in every format. A scenario's reply knows the prompt first. */
const early = (beforeStart) => ({ beforeStart, answer: beforeStart });

const refusing = (exitCode, sentence) =>
  early(async () => {
    await write(2, `${typeof sentence === "function" ? sentence() : sentence}\n`);
    return exitCode;
  });

const NO_KEY =
  "When using Gemini API, you must specify the GEMINI_API_KEY environment variable.\n" +
  "Update your environment and try again (no reload needed if using .env)!";

const UNTRUSTED =
  "Gemini CLI is not running in a trusted directory. To proceed, either use `--skip-trust`, set the " +
  "`GEMINI_CLI_TRUST_WORKSPACE=true` environment variable, or trust this directory in interactive mode. For more " +
  "details, see https://geminicli.com/docs/cli/trusted-folders/#headless-and-automated-environments";

function brokenSettings() {
  const { homedir } = require("node:os");
  return inRed(
    `Error in ${homedir()}/.gemini/settings.json: Expected property name or '}' in JSON at position 1\n` +
      "Please fix the configuration file(s) and try again.",
  );
}

const TURNS = 2;
const turn = (number) => ({ tools: [shellCall(`echo turn-${number}`, `turn-${number}`)] });

const modes = {
  "rate-limit": failing("rate-limit"),
  "rate-limit-wait": failing("rate-limit-wait"),
  auth: failing("auth"),
  forbidden: failing("forbidden"),

  // In `json` the error is an object, in the other formats a sentence.
  "not-logged-in": early(async ({ format, sessionId }) => {
    const error = { type: "Error", message: NO_KEY, code: 41 };
    const text = format === "json" ? JSON.stringify({ session_id: sessionId, error }, null, 2) : NO_KEY;
    await write(2, `${text}\n`);
    return 41;
  }),

  "bad-request": failing("bad-request"),
  "model-not-found": (ctx) => play(ctx, [{ error: modelNotFound(ctx.model) }]),
  "server-error": failing("server-error"),
  overloaded: failing("overloaded"),
  "bad-gateway": failing("bad-gateway"),
  "timeout-504": failing("timeout-504"),

  // In the middle of the answer. Before it, the CLI asks once more: see `network`.
  "connection-reset": (ctx) => play(ctx, [{ say: [half(ctx)], error: API_ERRORS["connection-reset"] }]),

  "malformed-event": failing("malformed-event"),
  network: failing("network"),
  "prompt-too-long": failing("prompt-too-long"),
  "payload-too-large": failing("payload-too-large"),

  // Its tool has run: what it did is done.
  "error-after-tool": (ctx) => play(ctx, [{ tools: [ECHO] }, { error: API_ERRORS["server-error"] }]),

  "max-turns"(ctx) {
    ctx.maxTurns = TURNS;
    return play(ctx, [turn(1), turn(2)]);
  },

  "untrusted-folder": refusing(55, () => inRed(UNTRUSTED)),
  "bad-settings": refusing(52, brokenSettings),

  // Also for a session that the fake knows, and without --resume.
  "unknown-session": refusing(42, "Error resuming session: No previous sessions found for this project."),

  // The prompt does not arrive.
  "no-prompt": { losesPrompt: true, answer: endWithoutPrompt },

  // A native crash: the kernel ends the process, a shell sees 128 + 6. On Windows 0xC0000409. The process that starts the real CLI
  // again turns any signal into exit code 1.
  crash: (ctx) =>
    play(ctx, [
      {
        async stop() {
          await write(2, "panic: the fake gemini crashes because FAKE_GEMINI_MODE=crash says so\n");
          return endBySignal("SIGABRT");
        },
      },
    ]),

  // The kernel's memory killer: no message. On Windows STATUS_NO_MEMORY.
  oom: (ctx) => play(ctx, [{ stop: endOutOfMemory }]),
};

module.exports = { modes };
