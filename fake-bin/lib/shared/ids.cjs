"use strict";

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** So many random hexadecimal digits. */
const hex = (digits) =>
  Array.from({ length: digits }, () => Math.trunc(Math.random() * 16).toString(16)).join("");

/** A random uuid. Loading `node:crypto` for it would cost a tenth of the start time. */
function uuid() {
  const variant = "89ab"[Math.trunc(Math.random() * 4)];
  return `${hex(8)}-${hex(4)}-4${hex(3)}-${variant}${hex(3)}-${hex(12)}`;
}

/** Whether a value has the form of a session's id. */
const isUuid = (value) => typeof value === "string" && UUID.test(value);

module.exports = { hex, isUuid, uuid };
