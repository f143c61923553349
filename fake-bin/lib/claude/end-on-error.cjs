"use strict";
const { end, invocation } = require("./runtime/invocation.cjs");
const { Refusal } = require("./runtime/refusal.cjs");
const { write } = require("./runtime/stdio.cjs");

/** Ends the process on an error: a refusal is a sentence on stderr, anything else is a defect of the fake. */
async function endOnError(error) {
  invocation.refused = error.message;
  if (error instanceof Refusal) {
    await write(2, `${error.message}\n`);
    end(error.exitCode);
  }
  // EPIPE, on Windows also EOF: the reader of stdout has gone, and usually that of stderr with it.
  if (error.code !== "EPIPE" && error.code !== "EOF") await write(2, `fake claude: ${error.stack}\n`);
  end(1);
}

module.exports = { endOnError };
