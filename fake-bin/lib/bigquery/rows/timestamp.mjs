import { isTrue } from "../rest/request.mjs";

const ISO = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,6})\d*)?\s*(Z|UTC|[+-]\d{2}:\d{2})?$/;

/** Microseconds since 1970 as a BigInt, or undefined when the text is no time. Without a zone it is UTC. */
export function timestampMicros(text) {
  const [, day, time, fraction = "", zone = "Z"] = ISO.exec(text) ?? [];
  const ms = Date.parse(`${day}T${time}${zone === "UTC" ? "Z" : zone}`);
  return Number.isNaN(ms) ? undefined : BigInt(ms) * 1000n + BigInt(fraction.padEnd(6, "0"));
}

/** A TIMESTAMP in the form that the request asks for: whole microseconds, text, or (as of old) seconds with an exponent. */
export function timestampCell(text, { useInt64Timestamp, timestampOutputFormat }) {
  const micros = timestampMicros(text);
  if (timestampOutputFormat === "ISO8601_STRING") {
    const seconds = new Date(Number(micros / 1_000_000n) * 1000).toISOString().slice(0, 19);
    return `${seconds}.${(micros % 1_000_000n).toString().padStart(6, "0")}Z`;
  }
  if (isTrue(useInt64Timestamp) || timestampOutputFormat === "INT64") return `${micros}`;
  return (Number(micros) / 1e6).toExponential().replace("e+", "E").replace("e", "E");
}
