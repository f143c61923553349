// What becomes of a user message that the SDK gave an id: the real CLI tells it by events of their own.
"use strict";
const { uuid } = require("../../shared/ids.cjs");
const { emit } = require("./conversation.cjs");

/** `queued` when it has come, `started`, and `completed` or `cancelled` when its turn is over. */
async function tellLifecycle(ctx, { uuid: id }, state) {
  if (id === undefined) return;
  ctx.queuedMessages ??= new Set();
  if (state === "queued") ctx.queuedMessages.add(id);
  else ctx.queuedMessages.delete(id);
  const event = { type: "command_lifecycle", command_uuid: id, state, uuid: uuid() };
  await emit(ctx, { ...event, session_id: ctx.sessionId });
}

module.exports = { tellLifecycle };
