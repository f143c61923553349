// The three output formats. Each has the same functions: what happens in a run, in the order in which the CLI tells it.
"use strict";
const { write } = require("../../shared/stdio.cjs");
const { eventStats, jsonStats } = require("./stats.cjs");

const pretty = (value) => JSON.stringify(value, null, 2);
const nothing = async () => {};

/** `text`: the model's words on stdout as they come, everything else on stderr. */
function textFormat(ctx) {
  let last = "\n";
  const say = async (text) => {
    if (text === "") return;
    last = text.at(-1);
    await ctx.write(text);
  };
  const endLine = () => (last === "\n" ? undefined : say("\n"));
  return {
    begin: nothing,
    say,
    toolUse: endLine,
    toolResult: nothing,
    warn: nothing,
    succeed: endLine,
    /** The model's answer is not acceptable: exit 0 all the same. */
    async reject({ message }) {
      await endLine();
      await write(2, `[ERROR] ${message}\n`);
    },
    async fail() {
      await write(2, "An unexpected critical error occurred:[object Object]\n");
      return 1;
    },
    async failFatally({ message }) {
      await write(2, `${message}\n[ERROR] ${message}\n`);
    },
  };
}

/** `json`: one object on stdout at the end; errors are an object on stderr, and stdout stays empty. */
function jsonFormat(ctx) {
  let response = "";
  const warnings = [];
  const print = (more) =>
    ctx.write(
      pretty({
        session_id: ctx.sessionId,
        response,
        stats: jsonStats(ctx.stats),
        ...more,
        ...(warnings.length > 0 ? { warnings } : {}),
      }),
    );
  const errorObject = (error) => pretty({ session_id: ctx.sessionId, error });
  return {
    begin: nothing,
    async say(text) {
      response += text;
    },
    toolUse: nothing,
    toolResult: nothing,
    async warn(message) {
      warnings.push(message);
    },
    succeed: () => print({}),
    reject: ({ message }) => print({ error: { type: "INVALID_STREAM", message } }),
    async fail({ message, code, exitCode }) {
      await write(2, `${errorObject({ type: "Error", message, code })}\n`);
      return exitCode;
    },
    async failFatally({ type, message, exitCode }) {
      const text = errorObject({ type, message, code: exitCode });
      await write(2, `${text}\n[ERROR] ${text}\n`);
    },
  };
}

/** `stream-json`: a line for each thing that happens. */
function streamFormat(ctx) {
  const emit = (type, more) =>
    ctx.write(`${JSON.stringify({ type, timestamp: new Date().toISOString(), ...more })}\n`);
  const result = (status, more, options) =>
    emit("result", { status, ...more, stats: eventStats(ctx.stats, options) });
  return {
    emit,
    async begin() {
      await emit("init", { session_id: ctx.sessionId, model: ctx.model });
      await emit("message", { role: "user", content: ctx.prompt });
    },
    say: (text) =>
      text === "" ? undefined : emit("message", { role: "assistant", content: text, delta: true }),
    toolUse: ({ name, id, input }) => emit("tool_use", { tool_name: name, tool_id: id, parameters: input }),
    toolResult: ({ id, output, error }) =>
      emit("tool_result", { tool_id: id, status: error ? "error" : "success", output, error }),
    warn: (message) => emit("error", { severity: "warning", message }),
    succeed: () => result("success"),
    async reject({ message }) {
      await emit("error", { severity: "error", message });
      await result("error");
    },
    async fail({ message, advice = "", exitCode }) {
      const error = { type: "unknown", message: `[API Error: ${message}]${advice}` };
      await result("error", { error }, { failed: true });
      return exitCode;
    },
    failFatally: ({ type, message }) => result("error", { error: { type, message } }, { failed: true }),
  };
}

const FORMATS = { text: textFormat, json: jsonFormat, "stream-json": streamFormat };

/** What prints a run in the format that was asked for. */
const printer = (ctx) => FORMATS[ctx.format](ctx);

module.exports = { printer };
