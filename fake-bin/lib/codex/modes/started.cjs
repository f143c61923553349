"use strict";
const { start } = require("../turn/answer.cjs");

/** The same modes, each after the thread and the turn have begun. */
const started = (modes) =>
  Object.fromEntries(
    Object.entries(modes).map(([name, answer]) => [
      name,
      async (ctx) => {
        await start(ctx);
        return answer(ctx);
      },
    ]),
  );

module.exports = { started };
