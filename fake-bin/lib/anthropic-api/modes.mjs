import samples from "../shared/sample-value.cjs";
import { toolResults } from "./conversation.mjs";
import { textBlock, thinkingBlock } from "./message.mjs";
import { callByName, mustCallTool, toolCall } from "./tools.mjs";

const HELLO = "Hello from the fake API";
// Cf: format characters, such as the zero-width space.
const INVISIBLE = /^[\s\p{Cf}]*$/u;

/**
 * Mode name -> what to answer. A mode is a function of the request and the options alone, so a client that repeats
 * a request gets the same answer again, independent of its other requests. An answer is one of
 * `{ content, stopReason }`, `{ status, type, message, headers }` or, for a broken server, `{ fault }`.
 */
export const MODES = {
  ok: (request, options) => callOrText(request, options, mustCallTool(request)),
  empty: () => answer([textBlock("")]),
  // A blank --text is taken as it is: there is more than one kind of blank.
  blank: (_, { text }) => answer([textBlock(text && INVISIBLE.test(text) ? text : "   \n ")]),
  "thinking-only": () => answer([thinkingBlock("I should answer.")]),
  "max-tokens": (_, { text = HELLO }) => answer([textBlock(text)], "max_tokens"),
  refusal: () => answer([textBlock("I cannot")], "refusal"),
  // A result ends the loop, also one that says "denied": a client that denies the call would deny it for ever.
  tool: (request, options) =>
    callOrText(request, options, mustCallTool(request) || toolResults(request).length === 0),
  structured(request, { structured }) {
    // After an error the same JSON comes again, as from a stubborn model. The client limits how often.
    if (toolResults(request).some(({ is_error }) => is_error !== true)) return answer([textBlock("Done.")]);
    // Without a schema the client offers no such tool.
    const call = callByName(request, "StructuredOutput", structured);
    return call ? answer([call], "tool_use") : answer([textBlock(JSON.stringify(structured))]);
  },
  "structured-ignored": (_, { text = HELLO }) => answer([textBlock(text)]),

  429: error(429, "rate_limit_error", "This request would exceed your rate limit.", () => ({
    "retry-after": "1",
  })),
  "429-long": error(429, "rate_limit_error", "This request would exceed your rate limit.", rejectedForAnHour),
  529: error(529, "overloaded_error", "Overloaded"),
  500: error(500, "api_error", "Internal server error"),
  "400-prompt-too-long": error(
    400,
    "invalid_request_error",
    "prompt is too long: 300000 tokens > 200000 maximum",
  ),
  "400-credit": error(
    400,
    "invalid_request_error",
    "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.",
  ),
  "400-invalid": error(400, "invalid_request_error", "messages: at least one message is required"),
  401: error(401, "authentication_error", "invalid x-api-key"),
  403: error(403, "permission_error", "Your API key does not have permission to use the specified resource."),
  "404-model": (request, { errorMessage }) =>
    error(404, "not_found_error", `model: ${request.model}`)(request, { errorMessage }),

  reset: () => ({ fault: "reset" }),
  hang: () => ({ fault: "hang" }),
  stall: (request, options) => ({ fault: "stall", ...MODES.ok(request, options) }),
  // After a cut the client asks again without streaming. That answer is whole.
  cut: (request, options) => ({ ...MODES.ok(request, options), ...(request.stream && { fault: "cut" }) }),
};

/** A call of an offered tool, if the model is to make one and can; else words, or JSON where the request asks for it. */
function callOrText(request, options, isCalling) {
  const call = isCalling ? toolCall(request, options) : undefined;
  return call ? answer([call], "tool_use") : answer([textBlock(options.text ?? words(request))]);
}

function words({ output_config: config }) {
  const { type, schema } = config?.format ?? {};
  return type === "json_schema" ? JSON.stringify(samples.sampleValue(schema)) : HELLO;
}

function answer(content, stopReason = "end_turn") {
  return { content, stopReason };
}

function error(status, type, message, headers = () => ({})) {
  return (_, { errorMessage = message }) => ({ status, type, message: errorMessage, headers: headers() });
}

/** The headers of a subscription that has used up its five hours. Times are epoch seconds. */
function rejectedForAnHour() {
  const reset = String(Math.floor(Date.now() / 1000) + 3600);
  return {
    "retry-after": "3600",
    "anthropic-ratelimit-unified-status": "rejected",
    "anthropic-ratelimit-unified-reset": reset,
    "anthropic-ratelimit-unified-representative-claim": "five_hour",
    "anthropic-ratelimit-unified-5h-status": "rejected",
    "anthropic-ratelimit-unified-5h-reset": reset,
    "anthropic-ratelimit-unified-5h-utilization": "1.0",
    "anthropic-ratelimit-unified-overage-status": "rejected",
    "anthropic-ratelimit-unified-overage-disabled-reason": "overage_not_provisioned",
  };
}
