// How the API fails, and what the real CLI makes of it.
"use strict";

const QUOTA_ADVICE =
  "\nPlease wait and try again later. To increase your limits, request a quota increase through AI Studio, or switch " +
  "to another /auth method";

/** Where the real CLI was. Its own traces have ten lines; what they name differs from release to release. */
const BUNDLE = "file:///usr/local/lib/node_modules/@google/gemini-cli/bundle/chunk-JDPZ4CE3.js";
const trace = (...places) => places.map((place) => `\n    at ${place}`).join("");
const IN_REQUEST = trace(
  `throwErrorIfNotOK (${BUNDLE}:267833:24)`,
  "process.processTicksAndRejections (node:internal/process/task_queues:95:5)",
  `async Turn.run (${BUNDLE}:333001:24)`,
);
const IN_BODY = trace(
  "Fetch.onAborted (node:internal/deps/undici/undici:11350:53)",
  "Fetch.emit (node:events:524:28)",
);

/** The exit code of a process is a byte, so the status of an HTTP error loses what is above 255. */
const asExitCode = (status) => status % 256;

/** The body of an answer, or what the CLI makes of a page of HTML. */
const body = ({ code, message, status, details = [], page }) =>
  JSON.stringify({ error: page ? { message: page, code, status } : { code, message, status, details } });

const httpError = (said) => `_ApiError: ${body(said)}${IN_REQUEST} {\n  status: ${said.code}\n}`;

/**
 * An error with an HTTP status: the message is the answer's body.
 *
 * @param retried whether the CLI asks once more
 */
const statusError = (said, { retried = false } = {}) => ({
  type: "ApiError",
  retried,
  message: body(said),
  code: said.code,
  exitCode: asExitCode(said.code),
  firstAttempt: `failed with status ${said.code}. Retrying with backoff... ${httpError(said)}`,
  secondAttempt: true,
  report: httpError(said),
});

/** An error that the CLI knows as a quota: the message is prose. `waitMs` is the API's RetryInfo. */
function quotaError(said, { waitMs, advice } = {}) {
  const wait = waitMs === undefined ? "" : `\nSuggested retry after ${waitMs / 1000}s.`;
  const message = said.message + wait;
  const details = waitMs === undefined ? "[]" : "[ [Object], [Object] ]";
  return {
    ...statusError(said, { retried: true }),
    message,
    advice,
    ...(waitMs === undefined
      ? {}
      : { firstAttempt: `failed: ${message}. Retrying after ${5000 + 515}ms...` }),
    report:
      `RetryableQuotaError: ${message}${IN_REQUEST} {\n  cause: {\n    code: ${said.code},\n    message: '${said.message}',\n` +
      `    details: ${details}\n  },\n  retryDelayMs: ${waitMs},\n  status: ${said.code}\n}`,
  };
}

/** An error without a status. */
const otherError = (type, message, more) => ({
  type,
  retried: false,
  message,
  code: 1,
  exitCode: 1,
  report: `${type}: ${message}${IN_REQUEST}`,
  ...more,
});

const FETCH_FAILED = "exception TypeError: fetch failed sending request";

const SOCKET_ERROR =
  "  [cause]: SocketError: other side closed\n" +
  `      at Socket.onHttpSocketEnd (${BUNDLE}:216209:27) {\n` +
  "    code: 'UND_ERR_SOCKET',\n    socket: {\n      localAddress: '127.0.0.1',\n      localPort: 40404,\n" +
  "      remoteAddress: '127.0.0.1',\n      remotePort: 8080,\n      remoteFamily: 'IPv4',\n      timeout: undefined,\n" +
  "      bytesWritten: 31633,\n      bytesRead: 459\n    }\n  }\n}";

const QUOTA = { code: 429, status: "RESOURCE_EXHAUSTED" };

/** Each of these was observed, with the status, the words and the exit code of the real CLI. */
const API_ERRORS = {
  "prompt-too-long": statusError({
    code: 400,
    message: "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
    status: "INVALID_ARGUMENT",
  }),
  // The words are those of the API for a key of a wrong type; the rest is as in prompt-too-long.
  "bad-request": statusError({
    code: 400,
    message:
      "Invalid JSON payload received. Unknown name \"temprature\" at 'generation_config': Cannot find field.",
    status: "INVALID_ARGUMENT",
  }),
  auth: statusError({
    code: 401,
    message: "Request had invalid authentication credentials.",
    status: "UNAUTHENTICATED",
  }),
  forbidden: statusError({
    code: 403,
    message: "Permission denied: the API has not been used in this project.",
    status: "PERMISSION_DENIED",
    details: [
      {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        reason: "SERVICE_DISABLED",
        domain: "googleapis.com",
        metadata: {},
      },
    ],
  }),
  "payload-too-large": statusError({
    code: 413,
    message: "Request payload size exceeds the limit.",
    status: "INVALID_ARGUMENT",
  }),
  "rate-limit": quotaError(
    { ...QUOTA, message: "Resource has been exhausted (e.g. check quota)." },
    { advice: QUOTA_ADVICE },
  ),
  "rate-limit-wait": quotaError(
    { ...QUOTA, message: "You exceeded your current quota. Please retry in 1s." },
    { advice: QUOTA_ADVICE, waitMs: 1000 },
  ),
  "server-error": statusError(
    { code: 500, message: "An internal error has occurred.", status: "INTERNAL" },
    { retried: true },
  ),
  overloaded: quotaError({
    code: 503,
    message: "The model is overloaded. Please try again later.",
    status: "UNAVAILABLE",
  }),
  "bad-gateway": statusError(
    { code: 502, page: "<html><body>502 Bad Gateway</body></html>", status: "Bad Gateway" },
    { retried: true },
  ),
  "timeout-504": statusError(
    { code: 504, message: "Deadline expired before operation could complete.", status: "DEADLINE_EXCEEDED" },
    { retried: true },
  ),
  "status-512": statusError(
    { code: 512, message: "A proxy with a status of its own.", status: "UNKNOWN" },
    { retried: true },
  ),
  network: otherError("Error", FETCH_FAILED, {
    retried: true,
    firstAttempt: `failed. Retrying with backoff... Error: ${FETCH_FAILED}${IN_REQUEST}`,
  }),
  "malformed-event": otherError("SyntaxError", "Unterminated string in JSON at position 40"),
  "connection-reset": otherError("TypeError", "terminated", {
    report: `TypeError: terminated${IN_BODY} {\n${SOCKET_ERROR}`,
  }),
};

/** 404: the real CLI quotes the API, which names the model. */
function modelNotFound(model) {
  const message = `models/${model} is not found for API version v1beta, or is not supported for generateContent.`;
  const report = `ModelNotFoundError: ${message}${IN_REQUEST} {\n  code: 404\n}`;
  return otherError("ModelNotFoundError", message, { report });
}

module.exports = { API_ERRORS, modelNotFound };
