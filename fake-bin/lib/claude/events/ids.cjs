"use strict";

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const hex = (digits) =>
  Array.from({ length: digits }, () => Math.trunc(Math.random() * 16).toString(16)).join("");

/** A random uuid. Loading `node:crypto` for it would cost a tenth of the start time. */
function uuid() {
  const variant = "89ab"[Math.trunc(Math.random() * 4)];
  return `${hex(8)}-${hex(4)}-4${hex(3)}-${variant}${hex(3)}-${hex(12)}`;
}

/** Whether a value has the form of a session's id. */
const isUuid = (value) => typeof value === "string" && UUID.test(value);

const requestId = () => `req_${hex(24)}`;
const messageId = () => `msg_${hex(24)}`;

/** Whose answer an event belongs to, where the SDK gave the user message an id. */
const messageIds = ({ userMessageId: id }) =>
  id === undefined ? {} : { user_message_uuid: id, user_message_uuids: [id] };

module.exports = { messageIds, isUuid, messageId, requestId, uuid };
