// The answer to `get_context_usage`: plausible sizes, in the form in which the real CLI gives them.
"use strict";
const { modelFacts } = require("../events/models.cjs");
const { SKILLS } = require("./catalogue.cjs");

const BUFFER_TOKENS = 33_000;
const SKILL_TOKENS = 159;
const COMMAND_TOKENS = 36;
const DETAILS = [undefined, "full", "summary"];

/** What takes up the window before the first message. */
const FIXED = [
  { id: "system_prompt", name: "System prompt", tokens: 1972, color: "promptBorder", kind: "used" },
  { id: "system_tools", name: "System tools", tokens: 5552, color: "inactive", kind: "used" },
  {
    id: "system_tools_deferred",
    name: "System tools (deferred)",
    tokens: 3937,
    color: "inactive",
    isDeferred: true,
    kind: "deferred",
  },
  { id: "skills", name: "Skills", tokens: SKILLS.length * SKILL_TOKENS, color: "warning", kind: "used" },
];

function contextUsage(ctx, { detail }) {
  if (!DETAILS.includes(detail)) return { error: "get_context_usage: detail must be 'summary' or 'full'" };
  const { contextWindow } = modelFacts(ctx.model);
  const { lastUsage } = ctx;
  const said = lastUsage ? lastUsage.input_tokens + lastUsage.output_tokens : 0;
  const categories = [...FIXED];
  if (said > 0) {
    const color = "purple_FOR_SUBAGENTS_ONLY";
    categories.push({ id: "messages", name: "Messages", tokens: said, color, kind: "used" });
  }
  const used = categories.filter(({ kind }) => kind === "used").reduce((sum, { tokens }) => sum + tokens, 0);
  categories.push(
    {
      id: "autocompact_buffer",
      name: "Autocompact buffer",
      tokens: BUFFER_TOKENS,
      color: "inactive",
      kind: "buffer",
    },
    {
      id: "free_space",
      name: "Free space",
      tokens: contextWindow - used - BUFFER_TOKENS,
      color: "promptBorder",
      kind: "free",
    },
  );
  const response = {
    categories,
    totalTokens: used,
    maxTokens: contextWindow,
    rawMaxTokens: contextWindow,
    autocompactSource: "model-default",
    percentage: Math.round((100 * used) / contextWindow),
    gridRows: gridRows(categories, contextWindow),
    model: ctx.model,
    memoryFiles: [],
    mcpTools: [],
    mcpInstructions: [],
    agents: [],
    slashCommands: {
      totalCommands: SKILLS.length,
      includedCommands: SKILLS.length,
      tokens: SKILLS.length * COMMAND_TOKENS,
    },
    skills: {
      totalSkills: SKILLS.length,
      includedSkills: SKILLS.length,
      tokens: SKILLS.length * SKILL_TOKENS,
      skillFrontmatter: SKILLS.map(({ name }) => ({ name, source: "built-in", tokens: SKILL_TOKENS })),
    },
    autoCompactThreshold: contextWindow - BUFFER_TOKENS,
    isAutoCompactEnabled: true,
    messageBreakdown: {
      toolCallTokens: 0,
      toolResultTokens: 0,
      attachmentTokens: 0,
      assistantMessageTokens: lastUsage?.output_tokens ?? 0,
      userMessageTokens: lastUsage?.input_tokens ?? 0,
      redirectedContextTokens: 0,
      unattributedTokens: 0,
      toolCallsByType: [],
      attachmentsByType: [],
    },
    apiUsage: lastUsage ? countsOf(lastUsage) : null,
  };
  return { response };
}

const countsOf = (usage) => ({
  input_tokens: usage.input_tokens,
  output_tokens: usage.output_tokens,
  cache_creation_input_tokens: usage.cache_creation_input_tokens,
  cache_read_input_tokens: usage.cache_read_input_tokens,
});

/** The window drawn as ten rows of squares; what is used has at least one. */
function gridRows(categories, contextWindow) {
  const width = contextWindow >= 1_000_000 ? 20 : 10;
  const perSquare = contextWindow / (10 * width);
  const buffer = categories.find(({ kind }) => kind === "buffer");
  const free = categories.find(({ kind }) => kind === "free");
  const squaresOf = (category) => {
    const { color, name, tokens } = category;
    const percentage = Math.round((100 * tokens) / contextWindow);
    const count = Math.max(1, Math.round(tokens / perSquare));
    const one = { color, isFilled: true, categoryName: name, tokens, percentage };
    return Array.from({ length: count }, (_, n) => {
      return { ...one, squareFullness: Math.min(1, Math.max(0, tokens / perSquare - n)) };
    });
  };
  const used = categories.filter(({ kind }) => kind === "used").flatMap(squaresOf);
  const last = squaresOf(buffer);
  const between = Math.max(0, 10 * width - used.length - last.length);
  const squares = [...used, ...Array.from({ length: between }, () => squaresOf(free)[0]), ...last];
  return Array.from({ length: 10 }, (_, row) => squares.slice(row * width, (row + 1) * width));
}

module.exports = { contextUsage };
