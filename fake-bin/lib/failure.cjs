"use strict";
const { end, invocation, Refusal } = require("./invocation.cjs");
const { write } = require("./stdio.cjs");

/** Ends the process on an error: a refusal is a sentence on stderr, anything else is a defect of the fake. */
async function endOn(error) {
  if (error instanceof Refusal) {
    invocation.refused = error.message;
    await write(2, `${error.message}\n`);
    end(error.exitCode);
  }
  // The reader of our output has gone: nobody is left to tell.
  if (error.code !== "EPIPE") await write(2, `fake claude: ${error.stack}\n`);
  end(1);
}

module.exports = { endOn };
