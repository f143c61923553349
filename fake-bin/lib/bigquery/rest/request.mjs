import { gunzipSync } from "node:zlib";
import { InvalidInput } from "./errors.mjs";

export async function readBody(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/**
 * The object in a body.
 *
 * @param encoding the request's content-encoding
 * @throws InvalidInput
 */
export function parseBody(body, encoding) {
  let value;
  try {
    value = JSON.parse((encoding === "gzip" ? gunzipSync(body) : body).toString());
  } catch {
    throw new InvalidInput("Parse Error: the body is not JSON");
  }
  if (typeof value !== "object" || value === null)
    throw new InvalidInput("Parse Error: the body is no object");
  return value;
}

/** The parameters of a query string by name; `stateFilter` can be there several times, and `formatOptions` has parts. */
export function readQuery(searchParams) {
  const query = Object.fromEntries(searchParams);
  const states = searchParams.getAll("stateFilter").map((state) => state.toLowerCase());
  return {
    ...query,
    ...(states.length > 0 && { stateFilter: states }),
    format: {
      useInt64Timestamp: query["formatOptions.useInt64Timestamp"],
      timestampOutputFormat: query["formatOptions.timestampOutputFormat"],
    },
  };
}

/** A truth from a query string or a body. The Python client writes `True`. */
export const isTrue = (value) => `${value}`.toLowerCase() === "true";
