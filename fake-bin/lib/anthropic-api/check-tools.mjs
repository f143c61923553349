// What the real API refuses of tools, their calls and their results.
import { firstOf, isObject } from "../shared/checks.mjs";
import { blocksOf } from "./conversation.mjs";
import { mustCallTool } from "./tools.mjs";

const NAME = /^[a-zA-Z0-9_-]{1,128}$/;
const CHOICES = ["auto", "any", "tool", "none"];

/**
 * Every call has its result in the next turn, and every result its call in the one before. A turn may be spread over
 * several messages, and a system message belongs to none.
 */
export function toolOrderProblem(messages) {
  let asked = new Map();
  let last;
  for (const [n, message] of messages.entries()) {
    if (message.role === "system") continue;
    const blocks = blocksOf(message);
    if (message.role === "assistant") {
      if (last !== "assistant") {
        const problem = unanswered(asked);
        if (problem) return problem;
        asked = new Map();
      }
      for (const { type, id } of blocks) if (type === "tool_use") asked.set(id, n);
    } else {
      for (const [at, { type, tool_use_id: id }] of blocks.entries()) {
        if (type === "tool_result" && !asked.delete(id)) return unasked(n, at, id);
      }
    }
    last = message.role;
  }
  return last === "user" ? unanswered(asked) : undefined;
}

const unanswered = (asked) =>
  firstOf(
    [...asked],
    ([id, n]) =>
      `messages.${n}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${id}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
  );

const unasked = (n, at, id) =>
  `messages.${n}.content.${at}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`;

export function toolsProblem(tools) {
  if (!Array.isArray(tools)) return "tools: Input should be a valid list";
  const names = tools.flatMap((tool) => tool?.name ?? []);
  return (
    firstOf(tools, (tool, n) => {
      if (!isObject(tool)) return `tools.${n}: Input should be an object`;
      // Tools of other types bring their name, and the servers know their input.
      if ((tool.type ?? "custom") !== "custom") return undefined;
      if (typeof tool.name !== "string") return `tools.${n}.custom.name: Field required`;
      if (!NAME.test(tool.name)) {
        return `tools.${n}.custom.name: String should match pattern '${NAME.source}'`;
      }
      return isObject(tool.input_schema) ? undefined : `tools.${n}.custom.input_schema: Field required`;
    }) ?? (new Set(names).size < names.length ? "tools: Tool names must be unique." : undefined)
  );
}

export function choiceProblem({ tool_choice: choice, tools = [], thinking }) {
  if (choice === undefined) return undefined;
  if (!isObject(choice)) return "tool_choice: Input should be an object";
  if (!CHOICES.includes(choice.type)) {
    return `tool_choice: Input tag '${choice.type}' found using 'type' does not match any of the expected tags: ${CHOICES.map((tag) => `'${tag}'`).join(", ")}`;
  }
  if (tools.length === 0) return "tool_choice: tool_choice may only be specified while providing tools";
  if (choice.type === "tool" && !tools.some(({ name }) => name === choice.name)) {
    return `tool_choice: Tool '${choice.name}' not found in provided tools`;
  }
  return mustCallTool({ tool_choice: choice }) && thinking?.type === "enabled"
    ? "Thinking may not be enabled when tool_choice forces tool use."
    : undefined;
}
