/** What a user or a client gave, and the fake cannot take. The message is for them. */
export class InvalidInput extends Error {}

const STATUS = {
  400: "INVALID_ARGUMENT",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  409: "ALREADY_EXISTS",
  501: "UNIMPLEMENTED",
  503: "UNAVAILABLE",
};

/** An error answer as BigQuery gives it. Clients decide by `reason` whether to try again. */
export function problem(code, reason, message) {
  return {
    status: code,
    body: {
      error: { code, message, status: STATUS[code], errors: [{ message, domain: "global", reason }] },
    },
  };
}

/**
 * The answer to a request for what the real one has and the fake has not. It is 501 because clients neither try
 * that again nor take it for a data set that is not there.
 */
export const notInTheFake = (what) =>
  problem(
    501,
    "notImplemented",
    `This is hardcall's fake BigQuery. It does not have ${what}. fake-bin/bigquery.md lists what it has`,
  );

/** The answer when the fake itself fails. It is 501 for the same reason. */
export const faultOfTheFake = ({ message }) =>
  problem(
    501,
    "internalError",
    `This is hardcall's fake BigQuery, and it failed: ${message}. Report it, please`,
  );
