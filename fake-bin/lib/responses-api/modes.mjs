// What to answer. A mode is a function of the request and the options alone, so a client that repeats a request gets the
// same answer again, independent of its other requests.
import { ERRORS } from "./errors.mjs";
import { customCall, functionCall, hasToolResult, message, reasoning, refusal, webSearch } from "./items.mjs";
import { toSse } from "./respond.mjs";
import { mustCallTool, toolCall, words } from "./tools.mjs";

const PARTIAL = "partial text";
const DELTA = {
  type: "response.output_text.delta",
  item_id: "msg_1",
  output_index: 0,
  content_index: 0,
  delta: ".",
};
const BIG = 300_000;
const PAUSE_MS = 3000;
const PATCH = "*** Begin Patch\n*** Add File: new.txt\n+hello\n*** End Patch\n";

/** An answer that is complete unless `parts` say otherwise: see respond.mjs. */
const answer = (output, parts = {}) => ({ output, ending: "completed", ...parts });
const partial = (parts) => () => answer([message(PARTIAL)], parts);
const failed =
  (code, words_) =>
  (_, { errorMessage = words_ }) =>
    answer([], { ending: "failed", error: { code, message: errorMessage } });

const ok = (request, options) =>
  (mustCallTool(request) && callOf(request, options)) || answer([message(words(request, options))]);

const callOf = (request, options) => {
  const call = toolCall(request, options);
  return call && answer([call]);
};

/** Calls, until a result comes: also one that says that the call was refused, as a refused call would be for ever. */
const untilResult = (calls) => (request, options) =>
  hasToolResult(request) ? ok(request, options) : (calls(request, options) ?? ok(request, options));

export const MODES = {
  ok,
  "two-messages": (_, { text = "second message" }) => answer([message("first message"), message(text, 2)]),
  "with-reasoning": (request, options) =>
    answer([reasoning("**Thinking** about it"), message(words(request, options))]),
  "web-search": (request, options) => answer([webSearch("weather"), message(words(request, options))]),
  empty: () => answer([message("")]),
  blank: (_, { text }) => answer([message(text?.trim() === "" ? text : "   \n ")]),
  "no-items": () => answer([]),
  "deltas-only": (request, options) => answer([message(words(request, options))], { unfinished: true }),
  refusal: () => answer([refusal("I cannot help with that.")]),
  big: () => answer([message("x".repeat(BIG))]),

  tool: untilResult(callOf),
  "two-tools": untilResult((request, options) => {
    const first = toolCall(request, options);
    return first && answer([first, toolCall(request, options, 2)]);
  }),
  "tool-with-text": untilResult((request, options) => {
    const call = toolCall(request, options);
    return call && answer([message("I will run it."), call]);
  }),
  "tool-unknown": untilResult((request, { tool: name = "no_such_tool", toolInput: input = {} }) =>
    answer([functionCall(request, { name, input })]),
  ),
  "tool-no-completed": untilResult((request, options) => {
    const call = callOf(request, options);
    return call && { ...call, ending: "none" };
  }),
  "tool-forever": (request, options) => callOf(request, options) ?? ok(request, options),
  patch: untilResult((request, { patch = PATCH }) => answer([customCall(request, "apply_patch", patch)])),

  "incomplete-max": partial({ ending: "incomplete", reason: "max_output_tokens" }),
  "incomplete-max-partial": partial({ unfinished: true, ending: "incomplete", reason: "max_output_tokens" }),
  "incomplete-filter": partial({ ending: "incomplete", reason: "content_filter" }),
  "failed-rate-limit": failed("rate_limit_exceeded", "Rate limit reached. Please try again in 1s."),
  "failed-context": failed(
    "context_length_exceeded",
    "Your input exceeds the context window of this model. Please adjust your input and try again.",
  ),
  "failed-quota": failed("insufficient_quota", "You exceeded your current quota."),
  "failed-server": failed("server_error", "The server had an error."),
  "failed-invalid-prompt": failed(
    "invalid_prompt",
    "Invalid prompt: we have limited access to this content for safety reasons.",
  ),
  "failed-policy": failed("cyber_policy", "This request was flagged."),
  "error-event": (_, { errorMessage = "The server had an error." }) =>
    answer([message(PARTIAL)], { ending: "error", error: { code: "server_error", message: errorMessage } }),

  ...ERRORS,

  "no-completed": partial({ ending: "none" }),
  "no-completed-empty": () => answer([], { ending: "none" }),
  "no-done-items": partial({ unfinished: true, ending: "none" }),
  malformed: () =>
    answer([message("after the malformed one")], {
      before: 'data: {"type":"response.output_te\n\n',
      ending: "none",
      after: "data: junk",
    }),
  "malformed-once": (request, options) => ({ ...ok(request, options), before: "data: this is not JSON\n\n" }),
  "not-sse": () => ({ status: 200, page: "<html><body>Welcome</body></html>" }),
  "json-body": (request, options) => ({ ...ok(request, options), isWhole: true }),

  reset: () => ({ fault: "reset" }),
  hang: () => ({ fault: "hang" }),
  "hang-headers": () => ({ fault: "hang-headers" }),
  midreset: partial({ unfinished: true, ending: "none", afterwards: "reset" }),
  midhang: partial({ unfinished: true, ending: "none", afterwards: "silence" }),
  "comment-drip": partial({ unfinished: true, ending: "none", afterwards: "drip", drip: ": keep-alive\n\n" }),
  drip: partial({ unfinished: true, ending: "none", afterwards: "drip", drip: toSse(DELTA) }),
  "ok-no-close": (request, options) => ({ ...ok(request, options), afterwards: "silence" }),
  slow: (request, options) => ({ ...ok(request, options), pauseMs: PAUSE_MS }),
};
