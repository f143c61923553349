"use strict";

/**
 * Stops the run before any answer: the sentence goes to stderr, stdout stays empty, and the exit code is 1, as the
 * real CLI's is for a command line that it does not accept.
 */
class Refusal extends Error {
  name = "Refusal";
  exitCode = 1;
}

/** A refusal by the fake that the real CLI would not give; the first words of its message say so. */
function misused(sentence) {
  return new Refusal(`fake claude: ${sentence}`);
}

module.exports = { misused, Refusal };
