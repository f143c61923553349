// Which CLI this process imitates. One process is one fake: its main file says so once, before anything else.
"use strict";

const program = { name: "", prefix: "", refusalExitCode: 1 };

/**
 * Says which CLI this process imitates.
 *
 * @param name of the CLI, such as `claude`
 * @param refusalExitCode what the real CLI exits with when it refuses a command line, unless the refusal says otherwise
 */
function imitate(name, { refusalExitCode = 1 } = {}) {
  Object.assign(program, { name, prefix: `FAKE_${name.toUpperCase()}_`, refusalExitCode });
}

/** The full name of a variable of this fake: `FAKE_CLAUDE_MODE` of `MODE`. */
const variable = (name) => program.prefix + name;

/** The value of a variable of this fake. An empty one counts as unset. */
const setting = (name) => process.env[variable(name)] || undefined;

/** Stops the run before any answer: the sentence goes to stderr, and stdout stays empty. */
class Refusal extends Error {
  name = "Refusal";

  constructor(message, exitCode = program.refusalExitCode) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** A refusal by the fake that the real CLI would not give; the first words of its message say so. */
const misused = (sentence) => new Refusal(`fake ${program.name}: ${sentence}`, 1);

module.exports = { imitate, misused, program, Refusal, setting, variable };
