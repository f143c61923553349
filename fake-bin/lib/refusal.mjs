/**
 * Stops the run before any answer: the words go to stderr, stdout stays empty, and the exit code is 1 as the real
 * CLI's is for a command line it does not accept.
 */
export class Refusal extends Error {
  name = "Refusal";
  exitCode = 1;
}

/** A refusal of the fake itself, not of the real CLI; the first words say so. */
export function misused(sentence) {
  return new Refusal(`fake claude: ${sentence}`);
}
