import { forever } from "../invocation.mjs";
import { write } from "../output.mjs";
import { answer, blankAnswer, emitInit } from "../turn.mjs";

export const modes = {
  ok: (ctx) => answer(ctx),

  async fail() {
    await write(2, "Error: the fake claude fails because FAKE_CLAUDE_MODE=fail says so\n");
    return 1;
  },

  empty: (ctx) => blankAnswer(ctx, ""),

  async hang(ctx) {
    await emitInit(ctx);
    return forever();
  },
};
