// The modes that answer with an HTTP error: the API's own, and pages of what stands between.
const TYPE = "type.googleapis.com/google.rpc.";

const apiKeyInvalid = { "@type": `${TYPE}ErrorInfo`, reason: "API_KEY_INVALID", domain: "googleapis.com" };
const serviceDisabled = {
  "@type": `${TYPE}ErrorInfo`,
  reason: "SERVICE_DISABLED",
  domain: "googleapis.com",
  metadata: {},
};
const quotaFailure = (quotaId, quotaValue) => ({
  "@type": `${TYPE}QuotaFailure`,
  violations: [
    {
      quotaMetric: "generativelanguage.googleapis.com/generate_content_free_tier_requests",
      quotaId,
      quotaValue,
    },
  ],
});
const retryIn = (retryDelay) => ({ "@type": `${TYPE}RetryInfo`, retryDelay });

export const ERRORS = {
  400: error(
    400,
    "INVALID_ARGUMENT",
    "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
  ),
  "400-key": error(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", [
    apiKeyInvalid,
  ]),
  401: error(401, "UNAUTHENTICATED", "Request had invalid authentication credentials."),
  403: error(403, "PERMISSION_DENIED", "Permission denied: the API has not been used in this project.", [
    serviceDisabled,
  ]),
  "403-html": page(403, "<html><body>Just a moment...</body></html>"),
  404: ({ model }, options) =>
    error(
      404,
      "NOT_FOUND",
      `models/${model} is not found for API version v1beta, or is not supported for generateContent.`,
    )(undefined, options),
  413: error(413, "INVALID_ARGUMENT", "Request payload size exceeds the limit."),
  429: error(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota)."),
  "429-retry-info": error(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota. Please retry in 1s.", [
    quotaFailure("GenerateRequestsPerMinutePerProjectPerModel-FreeTier", "10"),
    retryIn("1s"),
  ]),
  "429-day": error(
    429,
    "RESOURCE_EXHAUSTED",
    "You exceeded your current quota, please check your plan and billing details.",
    [quotaFailure("GenerateRequestsPerDayPerProjectPerModel-FreeTier", "250")],
  ),
  500: error(500, "INTERNAL", "An internal error has occurred."),
  "502-html": page(502, "<html><body>502 Bad Gateway</body></html>"),
  503: error(503, "UNAVAILABLE", "The model is overloaded. Please try again later."),
  504: error(504, "DEADLINE_EXCEEDED", "Deadline expired before operation could complete."),
  512: error(512, "UNKNOWN", "A proxy with a status of its own."),
};

function error(code, status, message, details = []) {
  return (_, { errorMessage = message }) => ({ error: { code, message: errorMessage, status, details } });
}

function page(status, html) {
  return () => ({ status, page: html });
}
