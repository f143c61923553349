// The modes that answer with an HTTP error: the API's own, and pages of what stands between.
const RATE_LIMITED = "Rate limit reached. Please try again in 1s.";
const INVALID = "invalid_request_error";

export const ERRORS = {
  400: error(400, INVALID, "context_length_exceeded", "Your input exceeds the context window of this model."),
  "400-invalid": error(400, INVALID, "invalid_value", "Invalid value: 'input'."),
  401: error(401, INVALID, "invalid_api_key", "Incorrect API key provided: dummy."),
  403: error(
    403,
    "request_forbidden",
    "unsupported_country_region_territory",
    "Country, region, or territory not supported",
  ),
  "403-html": page(403, "<html><body>Just a moment... Cloudflare</body></html>"),
  404: ({ model }, options) =>
    error(
      404,
      INVALID,
      "model_not_found",
      `The model \`${model}\` does not exist or you do not have access to it.`,
    )(undefined, options),
  413: error(413, INVALID, null, "Request too large"),
  429: error(429, "tokens", "rate_limit_exceeded", RATE_LIMITED),
  "429-retry-after": error(429, "tokens", "rate_limit_exceeded", RATE_LIMITED, { "retry-after": "1" }),
  "429-long": error(429, "tokens", "rate_limit_exceeded", RATE_LIMITED, { "retry-after": "3600" }),
  quota: error(429, "insufficient_quota", "insufficient_quota", "You exceeded your current quota."),
  "usage-limit": error(429, "usage_limit_reached", null, "The usage limit has been reached", {}, () => ({
    plan_type: "plus",
    resets_in_seconds: 7200,
    resets_at: Math.floor(Date.now() / 1000) + 7200,
  })),
  "usage-not-included": error(429, "usage_not_included", null, "Usage not included in your plan"),
  500: error(500, "server_error", null, "The server had an error while processing your request."),
  "502-html": page(502, "<html><body>502 Bad Gateway</body></html>"),
  503: error(503, "service_unavailable_error", "server_is_overloaded", "Our servers are overloaded."),
  "503-slow-down": error(503, "service_unavailable_error", "slow_down", "Slow down"),
};

function error(status, type, code, message, headers = {}, more = () => ({})) {
  return (_, { errorMessage = message }) => ({
    status,
    headers,
    error: { message: errorMessage, type, param: null, code, ...more() },
  });
}

function page(status, html) {
  return () => ({ status, page: html });
}
