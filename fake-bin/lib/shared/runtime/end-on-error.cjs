"use strict";
const { end, invocation } = require("./invocation.cjs");
const { program, Refusal } = require("./program.cjs");
const { write } = require("../stdio.cjs");

/** Ends the process on an error: a refusal is a sentence on stderr, anything else is a defect of the fake. */
async function endOnError(error) {
  invocation.refused = error.inLog ?? error.message;
  if (error instanceof Refusal) {
    await write(2, `${error.message}\n`);
    end(error.exitCode);
  }
  // EPIPE, on Windows also EOF: the reader of stdout has gone, and usually that of stderr with it.
  if (error.code !== "EPIPE" && error.code !== "EOF")
    await write(2, `fake ${program.name}: ${error.stack}\n`);
  end(1);
}

module.exports = { endOnError };
