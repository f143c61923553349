// A turn that was stopped by SIGINT or by a control request. What had arrived of the answer is printed as a message of
// its own, marked `aborted`; before anything has arrived there is no result either.
"use strict";
const { assistantEvent } = require("../events/messages.cjs");
const { resultEvent } = require("../events/result.cjs");
const { usageOf } = require("../events/usage.cjs");
const { writeNow } = require("../../shared/stdio.cjs");
const { emit, emitResult, interruptedEvent, lastLine } = require("./conversation.cjs");

function interruptedResult(ctx, halfAnswer) {
  return resultEvent(ctx, {
    subtype: "error_during_execution",
    stopReason: null,
    terminalReason: "aborted_streaming",
    isError: true,
    turns: 2,
    billed: halfAnswer && usageOf(ctx, halfAnswer),
    errors: ["[ede_diagnostic] result_type=user last_content_type=n/a stop_reason=null"],
    answered: false,
  });
}

const interruptedEvents = (ctx, halfAnswer) => [
  ...(halfAnswer ? [{ ...assistantEvent(ctx, { type: "text", text: halfAnswer }), aborted: true }] : []),
  interruptedEvent(ctx),
];

/** Prints the end of a turn that a control request stopped. @returns the exit code. */
async function emitInterrupted(ctx, halfAnswer) {
  for (const event of interruptedEvents(ctx, halfAnswer)) await emit(ctx, event);
  return emitResult(ctx, interruptedResult(ctx, halfAnswer));
}

/** Prints, from within a signal handler, the end of a turn that SIGINT stopped in the middle of its answer. */
function writeInterrupted(ctx, halfAnswer) {
  const events = interruptedEvents(ctx, halfAnswer).flatMap((event) => ctx.inVersion(event) ?? []);
  const result = interruptedResult(ctx, halfAnswer);
  if (ctx.format === "text") return writeNow(1, "Execution error");
  ctx.eventsInJson?.push(...events);
  const lines = ctx.format === "stream-json" ? events.map((event) => JSON.stringify(event)) : [];
  return writeNow(1, `${[...lines, lastLine(ctx, result)].join("\n")}\n`);
}

module.exports = { emitInterrupted, writeInterrupted };
