import { describe, expect, it } from "vitest";
import { readApiError, retryAfterMs } from "../../../src/callees/gemini/api-error.ts";
import { OwnRetry } from "../../../src/callees/gemini/own-retry.ts";

const quoted = (error: object) => `[API Error: ${JSON.stringify({ error })}]`;

describe("the code of an error of the API", () => {
  it.each([
    // A wrong key is an invalid argument for the API.
    [quoted({ code: 400, message: "API key not valid. Please pass a valid API key." }), 144, "auth"],
    [quoted({ code: 400, message: "x", details: [{ reason: "API_KEY_INVALID" }] }), 144, "auth"],
    [quoted({ code: 400, message: "x", details: "none" }), 144, "invalid_request"],
    ["[API Error: Your prepayment credits are depleted.]", 173, "billing"],
    ["[API Error: This model is currently experiencing high demand.]", 247, "overloaded"],
    [quoted({ code: 503, message: "Service unavailable" }), 247, "unavailable"],
    [quoted({ code: 529, message: "x" }), 17, "overloaded"],
    [quoted({ code: 512, message: "x" }), 0, "unavailable"],
    ["[API Error: {broken]", 173, "rate_limited"],
    ["[API Error: something new]", 1, "unavailable"],
    ["[API Error: something new]", undefined, "unavailable"],
    ["[API Error: models/nope is not found for API version v1beta]", 1, "invalid_request"],
  ])("%s with exit code %s", (message, exitCode, code) => {
    expect(readApiError(message, exitCode)?.code).toBe(code);
  });

  it.each(["You said: [API Error: terminated]", "", "Reached max session turns"])("%j is none", (message) => {
    expect(readApiError(message, 173)).toBeUndefined();
  });
});

it.each([
  ["x\nSuggested retry after 1s.", 1000],
  ["Please retry in 38.123s.", 38_123],
  ["Please retry in 250ms", 250],
  ["Please retry in 1h2m3s.", 3_723_000],
  ["Please retry in 999h", undefined],
  ["Please retry in 0s", undefined],
  ["Please retry later", undefined],
])("%j tells a wait of %s ms", (message, ms) => {
  expect(retryAfterMs(message)).toBe(ms);
});

describe("gemini's own retry, as its stderr tells it", () => {
  const seen = (stderr: string, size = stderr.length) => {
    const retry = new OwnRetry();
    for (let at = 0; at < stderr.length; at += size) retry.push(Buffer.from(stderr.slice(at, at + size)));
    return { started: retry.started, code: retry.code, retryAfterMs: retry.retryAfterMs };
  };

  it.each([
    ["Attempt 1 failed with status 500. Retrying with backoff... _ApiError: x\n", "unavailable", undefined],
    ["Attempt 1 failed with status 429. Retrying with backoff...\n", "rate_limited", undefined],
    [
      "Attempt 1 failed with 429 error (no Retry-After header). Retrying with backoff...\n",
      "rate_limited",
      undefined,
    ],
    ["Attempt 1 failed with 5xx error. Retrying with backoff...\n", "unavailable", undefined],
    ["Attempt 1 failed. Retrying with backoff... Error: fetch failed\n", "unavailable", undefined],
    ["Attempt 1 failed: Quota.\nSuggested retry after 7s.. Retrying after 7100ms...\n", "rate_limited", 7000],
  ])("%j, in one piece and byte by byte", (stderr, code, wait) => {
    const expected = { started: true, code, retryAfterMs: wait };
    expect(seen(`Warning: x\n${stderr}`)).toEqual(expected);
    expect(seen(`Warning: x\n${stderr}`, 1)).toEqual(expected);
  });

  it.each([
    "Attempt 2 failed: Quota.. Max attempts reached\n",
    "Attempt 1 failed: Quota.\nand no more\n",
    "the model says: Attempt 1 failed. Retrying with backoff...\n",
  ])("%j is none", (stderr) => {
    expect(seen(stderr).started).toBe(false);
  });
});
