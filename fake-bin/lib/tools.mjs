import { assistantEvent, uuid, userEvent } from "./events.mjs";
import { emit } from "./turn.mjs";

const toolId = () => `toolu_${uuid().replaceAll("-", "").slice(0, 24)}`;

/** Prints a tool call of the model. @returns its block. */
export async function emitToolUse(ctx, name, input) {
  const block = { type: "tool_use", id: toolId(), name, input };
  if (ctx.partial) {
    const { emitPartialToolUse } = await import("./partial-messages.mjs");
    await emitPartialToolUse(ctx, block);
  } else {
    await emit(ctx, assistantEvent(ctx, block));
  }
  return block;
}

/** Prints a call of Bash that ran, and what it gave back. Nothing is really run. */
export async function emitBashCall(ctx, command = "echo hi", stdout = "hi") {
  const { id } = await emitToolUse(ctx, "Bash", { command, description: "x" });
  await emit(
    ctx,
    userEvent(ctx, [{ tool_use_id: id, type: "tool_result", content: stdout, is_error: false }], {
      tool_use_result: { stdout, stderr: "", interrupted: false, isImage: false, noOutputExpected: false },
      tool_result_meta: [
        { id, permission_decision: { decision: "accept", source: "config", reason_type: "rule" } },
      ],
    }),
  );
}
