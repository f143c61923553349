"use strict";
const { errorResultEvent } = require("../events/error-result.cjs");
const { isUuid, uuid } = require("../../shared/ids.cjs");
const { changeEvents } = require("../events/versions.cjs");

/** The result of a run that went no further than `--resume`: no other event comes before it. */
function refusedResumeEvent(flags, problem) {
  const named = flags["session-id"] ?? flags.resume;
  const event = errorResultEvent({ sessionId: isUuid(named) ? named : uuid(), errors: [problem] });
  return changeEvents()(event);
}

module.exports = { refusedResumeEvent };
