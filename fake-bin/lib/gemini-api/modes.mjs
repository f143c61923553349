// What to answer. A mode is a function of the request and the options alone, so a client that repeats a request gets the
// same answer again, independent of its other requests.
import { blocked, call, chunk, text, thought, usageOnly } from "./chunks.mjs";
import { hasFunctionResponse } from "./conversation.mjs";
import { ERRORS } from "./errors.mjs";
import { mustCallTool, toolCall, words } from "./tools.mjs";

const PARTIAL = "partial text";
const BIG = 300_000;
const PAUSE_MS = 3000;
const DRIP = `data: ${JSON.stringify({ candidates: [{ content: { parts: [text(".")], role: "model" }, index: 0 }] })}\r\n\r\n`;

/** An answer that ends well unless `more` says otherwise: see respond.mjs. */
const answer = (chunks, more = {}) => ({ chunks, ...more });
const stopped = (parts, reason = "STOP") => answer([chunk(parts, reason)]);
const partial = (reason) => () => stopped([text(PARTIAL)], reason);
const partialOnly = (more) => () => answer([chunk([text(PARTIAL)])], { isUnfinished: true, ...more });
const nothing = (reason) => () => stopped(undefined, reason);

const ok = (request, options) =>
  (mustCallTool(request) && callOf(request, options)) || stopped([text(words(request, options))]);

const callOf = (request, options, reason = "STOP") => {
  const part = toolCall(request, options);
  return part && answer([chunk([part], reason)]);
};

/** Calls, until a result comes: also one that says that the call failed, as it would for ever. */
const untilResult = (calls) => (request, options) =>
  hasFunctionResponse(request.asked)
    ? ok(request, options)
    : (calls(request, options) ?? ok(request, options));

export const MODES = {
  ok,
  "ok-chunks"(request, options) {
    const [first = "", ...rest] = words(request, options).match(/\S+\s*/g) ?? [];
    const last = rest.pop() ?? "";
    return answer([
      chunk([text(first)]),
      ...rest.map((word) => chunk([text(word)])),
      chunk([text(last)], "STOP"),
    ]);
  },
  "thought-only": () => stopped([thought("**Thinking** about it")]),
  empty: () => stopped([text("")]),
  blank: (_, { text: said }) => stopped([text(said?.trim() === "" ? said : "   \n ")]),
  "no-parts": nothing("STOP"),
  "no-candidates": () => answer([usageOnly]),
  "empty-object": () => answer([{ raw: {} }]),
  "prompt-blocked": () => answer([blocked("SAFETY")]),
  big: () => stopped([text("x".repeat(BIG))]),

  "max-tokens": partial("MAX_TOKENS"),
  "max-tokens-no-text": nothing("MAX_TOKENS"),
  safety: partial("SAFETY"),
  "safety-no-text": nothing("SAFETY"),
  recitation: partial("RECITATION"),
  prohibited: partial("PROHIBITED_CONTENT"),
  other: partial("OTHER"),
  "new-reason": partial("SOME_NEW_REASON"),
  "malformed-call": partial("MALFORMED_FUNCTION_CALL"),
  "malformed-call-no-text": nothing("MALFORMED_FUNCTION_CALL"),

  tool: untilResult(callOf),
  "two-tools": untilResult((request, options) => {
    const part = toolCall(request, options);
    return part && stopped([part, part]);
  }),
  "tool-with-text": untilResult((request, options) => {
    const part = toolCall(request, options);
    return part && stopped([text("I will run it. "), part]);
  }),
  "tool-unknown": untilResult((_, { tool = "no_such_tool", toolInput = {} }) =>
    stopped([call(tool, toolInput)]),
  ),
  "tool-no-finish": untilResult((request, options) => {
    const part = toolCall(request, options);
    return part && answer([chunk([part])], { isUnfinished: true });
  }),
  "tool-forever": (request, options) => callOf(request, options) ?? ok(request, options),

  ...ERRORS,

  "no-finish": partialOnly(),
  "no-finish-empty": () => answer([], { isUnfinished: true }),
  malformed: (request, options) => ({
    ...ok(request, options),
    before: 'data: {"candidates":[{"content":{"parts":[{"te\r\n\r\n',
  }),
  "malformed-once": (request, options) => ({
    ...ok(request, options),
    before: "data: oops, no JSON\r\n\r\n",
  }),
  "error-in-stream": (_, { errorMessage = "An internal error has occurred." }) =>
    answer([
      chunk([text(PARTIAL)]),
      { raw: { error: { code: 500, message: errorMessage, status: "INTERNAL", details: [] } } },
    ]),
  "not-sse": () => ({ status: 200, page: "<html><body>Welcome</body></html>" }),
  "json-body": (request, options) => ({ ...ok(request, options), isWhole: true }),

  reset: () => ({ fault: "reset" }),
  hang: () => ({ fault: "hang" }),
  "hang-headers": () => ({ fault: "hang-headers" }),
  midreset: partialOnly({ afterwards: "cut" }),
  // gemini takes only this one for an error that passes: it asks again.
  "midreset-rst": partialOnly({ afterwards: "reset" }),
  midhang: partialOnly({ afterwards: "silence" }),
  drip: partialOnly({ afterwards: "drip", drip: DRIP }),
  "ok-no-close": (request, options) => ({ ...ok(request, options), afterwards: "silence" }),
  slow: (request, options) => ({ ...ok(request, options), pauseMs: PAUSE_MS }),
};
