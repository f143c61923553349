// The modes of a fake: which there are, and which one this invocation takes.
"use strict";
const { invocation, onSignal } = require("../runtime/invocation.cjs");
const { misused, setting, variable } = require("../runtime/program.cjs");

/**
 * @param groups the modes of each group, with blanks between them; a group is what one file holds
 * @param load gives the modes of a group: an invocation loads only the file of its own mode. A mode is a function, or an object with
 *   `answer(ctx)`, which prints a turn and gives the exit code, and `signals`, which replace reactions to signals
 */
function modeList(groups, load) {
  const groupOf = (mode) => Object.keys(groups).find((group) => groups[group].split(" ").includes(mode));

  const modeNames = () => Object.values(groups).flatMap((names) => names.split(" "));

  /** Throws when a mode does not exist; `where` names the setting it came from. */
  function checkMode(mode, where) {
    if (!groupOf(mode)) {
      throw misused(`${where} has the unknown mode "${mode}". The modes are: ${modeNames().join(", ")}.`);
    }
  }

  function loadMode(mode) {
    const found = load(groupOf(mode))[mode];
    return typeof found === "function" ? { answer: found } : found;
  }

  /** The mode of this invocation. Each invocation takes the next mode of the list, and the last one repeats. */
  function chooseMode(list) {
    const names = list.split(",").map((name) => name.trim());
    for (const name of names) checkMode(name, variable("MODE"));
    const counted = setting("STATE_DIR") !== undefined;
    if (names.length > 1 && !counted) {
      throw misused(
        `${variable("MODE")} has more than one mode, one per invocation, so ${variable("STATE_DIR")} must name a folder in ` +
          "which invocations can be counted.",
      );
    }
    const step = counted ? require("../runtime/state.cjs").claimStep() : 0;
    const name = names[Math.min(step, names.length - 1)];
    const mode = loadMode(name);
    Object.assign(invocation, { mode: name, step });
    Object.assign(onSignal, mode.signals);
    return mode;
  }

  return { checkMode, chooseMode, loadMode, modeNames };
}

module.exports = { modeList };
