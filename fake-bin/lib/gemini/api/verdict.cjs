"use strict";

const MESSAGES = {
  NO_FINISH_REASON: "Model stream ended without a finish reason.",
  MALFORMED_FUNCTION_CALL: "Model stream ended with malformed function call.",
  MAX_TOKENS_EXCEEDED:
    "Model response was truncated because it exceeded the token limit. Try using /compress to free up context space.",
  SAFETY_BLOCKED: "The model response was blocked due to safety settings.",
  THINKING_ONLY_RESPONSE:
    "The model returned reasoning thoughts but no final response text. If your context window is near capacity, try " +
    "using /compress.",
  NO_RESPONSE_TEXT:
    "The model returned an empty response with no text or thoughts. This may be a transient API issue; please try again.",
};

/** What the real CLI finds wrong with an answer of the model: `{ code, message }`, or undefined. */
function faultOf(reply) {
  const code = faultCode(reply);
  return code && { code, message: MESSAGES[code] };
}

function faultCode({ say = [], tools = [], finish = "STOP", thought = false }) {
  if (tools.length > 0) return undefined;
  if (finish === null) return "NO_FINISH_REASON";
  if (finish === "MALFORMED_FUNCTION_CALL") return finish;
  // Some text is enough: after it MAX_TOKENS, SAFETY and any other reason pass for success.
  if (say.join("").trim() !== "") return undefined;
  if (finish === "MAX_TOKENS") return "MAX_TOKENS_EXCEEDED";
  if (finish === "SAFETY") return "SAFETY_BLOCKED";
  return thought ? "THINKING_ONLY_RESPONSE" : "NO_RESPONSE_TEXT";
}

module.exports = { faultOf };
