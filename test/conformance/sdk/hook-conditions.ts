import {
  allow,
  broken,
  close,
  deny,
  done,
  echo,
  interrupt,
  never,
  touch,
  type Options,
  type SdkCondition,
} from "./condition.ts";
import type { Step } from "./model.ts";

const hook = (
  name: string,
  steps: readonly Step[],
  event: string,
  callback: unknown,
  { matcher, timeout, ...more }: Options & { readonly matcher?: string; readonly timeout?: number } = {},
): SdkCondition => ({
  name: `hook/${event}/${name}`,
  steps,
  options: () => ({
    hooks: { [event]: [{ ...(matcher && { matcher }), ...(timeout && { timeout }), hooks: [callback] }] },
    ...more,
  }),
});
const says = (answer: object) => async () => answer;
const pre = (answer: object) => says({ hookSpecificOutput: { hookEventName: "PreToolUse", ...answer } });
const nothing = says({});
/** Blocks the first end of a turn. */
const blocksOnce = () => {
  let calls = 0;
  return async () => (calls++ === 0 ? { decision: "block", reason: "Go on." } : {});
};
const texts = [{ text: "First." }, { text: "Second." }, { text: "Third." }];

export const hooks: readonly SdkCondition[] = [
  {
    name: "hook/all",
    steps: echo,
    options: () => ({
      hooks: Object.fromEntries(
        ["UserPromptSubmit", "PreToolUse", "PostToolUse", "Stop", "SessionStart", "SessionEnd"].map(
          (event) => [event, [{ hooks: [nothing] }]],
        ),
      ),
    }),
  },
  hook("block", echo, "UserPromptSubmit", says({ decision: "block", reason: "No posts on Sunday." })),
  hook("stop", echo, "UserPromptSubmit", says({ continue: false, stopReason: "Stopped here." })),
  hook("broken", echo, "UserPromptSubmit", broken),
  hook("message", echo, "UserPromptSubmit", says({ systemMessage: "A word." })),
  hook(
    "deny",
    echo,
    "PreToolUse",
    pre({ permissionDecision: "deny", permissionDecisionReason: "Bash is off." }),
  ),
  hook("deny/without-reason", echo, "PreToolUse", pre({ permissionDecision: "deny" })),
  hook("deny/in-dontAsk", touch, "PreToolUse", pre({ permissionDecision: "deny" }), {
    permissionMode: "dontAsk",
  }),
  hook(
    "ask",
    echo,
    "PreToolUse",
    pre({ permissionDecision: "ask", permissionDecisionReason: "Better ask." }),
    {
      canUseTool: allow,
    },
  ),
  hook(
    "ask/nobody",
    echo,
    "PreToolUse",
    pre({ permissionDecision: "ask", permissionDecisionReason: "Better ask." }),
  ),
  hook("allow", touch, "PreToolUse", pre({ permissionDecision: "allow" }), { canUseTool: deny }),
  hook(
    "allow/changed-input",
    touch,
    "PreToolUse",
    pre({
      permissionDecision: "allow",
      updatedInput: { command: "touch other", description: "y" },
    }),
  ),
  hook(
    "changed-input",
    touch,
    "PreToolUse",
    pre({ updatedInput: { command: "touch other", description: "y" } }),
    {
      canUseTool: allow,
    },
  ),
  hook("allow/disallowed-by-rule", touch, "PreToolUse", pre({ permissionDecision: "allow" }), {
    disallowedTools: ["Bash(touch:*)"],
  }),
  hook("block", echo, "PreToolUse", says({ decision: "block", reason: "Blocked." })),
  hook("approve", touch, "PreToolUse", says({ decision: "approve" })),
  hook("stop", echo, "PreToolUse", says({ continue: false, stopReason: "Enough." })),
  hook("message", echo, "PreToolUse", says({ systemMessage: "A word." })),
  hook("broken", echo, "PreToolUse", broken),
  hook("nonsense", echo, "PreToolUse", pre({ permissionDecision: "perhaps" })),
  hook("async", echo, "PreToolUse", says({ async: true })),
  hook("timeout", echo, "PreToolUse", never, { timeout: 1 }),
  { ...hook("no-answer/interrupt", echo, "PreToolUse", never), whileWaiting: interrupt },
  { ...hook("no-answer/close", echo, "PreToolUse", never), whileWaiting: close },
  {
    name: "hook/PreToolUse/matchers",
    steps: echo,
    options: () => ({
      hooks: {
        PreToolUse: ["Write|Edit", "Write|Bash", "Bash", "Ba.*", "ash", "*", "Bash(echo *)", "bash"].map(
          (matcher) => ({
            matcher,
            hooks: [nothing],
          }),
        ),
      },
    }),
  },
  {
    name: "hook/PreToolUse/two-decisions",
    steps: echo,
    options: () => ({
      hooks: {
        PreToolUse: [
          { hooks: [pre({ permissionDecision: "allow" })] },
          { hooks: [pre({ permissionDecision: "deny", permissionDecisionReason: "No." })] },
        ],
      },
    }),
  },
  hook("block", echo, "PostToolUse", says({ decision: "block", reason: "Wrong." })),
  hook("stop", echo, "PostToolUse", says({ continue: false, stopReason: "Enough." })),
  hook("broken", echo, "PostToolUse", broken),
  hook("timeout", echo, "PostToolUse", never, { timeout: 1 }),
  hook(
    "changed-output",
    echo,
    "PostToolUse",
    says({
      hookSpecificOutput: {
        hookEventName: "PostToolUse",
        updatedToolOutput: { stdout: "other", stderr: "", interrupted: false },
      },
    }),
  ),
  {
    name: "hook/PostToolUseFailure",
    steps: [
      {
        tools: [
          {
            name: "Bash",
            input: { command: "cat nosuch", description: "x" },
            isError: true,
            output: "Exit code 1\ncat: nosuch: No such file or directory",
          },
        ],
      },
      done,
    ],
    options: () => ({
      hooks: { PostToolUse: [{ hooks: [nothing] }], PostToolUseFailure: [{ hooks: [nothing] }] },
    }),
  },
  hook("block-once", texts, "Stop", blocksOnce()),
  hook("block-for-ever", texts, "Stop", says({ decision: "block", reason: "Go on." })),
  hook("stop", texts, "Stop", says({ continue: false, stopReason: "Enough." })),
  hook("broken", texts, "Stop", broken),
  hook("timeout", texts, "Stop", never, { timeout: 1 }),
];
