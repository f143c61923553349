"use strict";

const SHELL = "run_shell_command";

/** A call of the shell, as the models make it. */
const shellCall = (command, output) => ({ name: SHELL, input: { command, description: "x" }, output });

const ECHO = shellCall("echo tool-ran", "tool-ran");

module.exports = { ECHO, SHELL, shellCall };
