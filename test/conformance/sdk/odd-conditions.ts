import {
  allow,
  bash,
  call,
  deny,
  done,
  echo,
  touch,
  write,
  type Options,
  type SdkCondition,
} from "./condition.ts";
import type { Step } from "./model.ts";

const EVENT = "PreToolUse";
const says = (answer: unknown) => async () => answer;
const pre = (answer: object) => says({ hookSpecificOutput: { hookEventName: EVENT, ...answer } });
const nothing = says({});
const denied = (reason: string) => pre({ permissionDecision: "deny", permissionDecisionReason: reason });

/** Hooks that answer in a form of their own, where a callback of `canUseTool` would let the call run. */
const hooked = (
  name: string,
  steps: readonly Step[],
  callbacks: readonly unknown[],
  { event = EVENT, timeout, ...more }: Options & { readonly event?: string; readonly timeout?: number } = {},
): SdkCondition => ({
  name: `odd/hook/${name}`,
  steps,
  options: () => ({
    canUseTool: allow,
    hooks: { [event]: [{ ...(timeout !== undefined && { timeout }), hooks: callbacks }] },
    ...more,
  }),
});

const matched = (name: string, matchers: readonly string[]): SdkCondition => ({
  name: `odd/hook/${name}`,
  steps: echo,
  options: () => ({ hooks: { [EVENT]: matchers.map((matcher) => ({ matcher, hooks: [nothing] })) } }),
});

const answered = (
  name: string,
  steps: readonly Step[],
  answer: unknown,
  more: Options = {},
): SdkCondition => ({
  name: `odd/permission/${name}`,
  steps,
  options: () => ({ canUseTool: says(answer), ...more }),
});

const changed = (updatedInput: unknown) => ({ behavior: "allow", updatedInput });
const soon = () => new Promise((resolve) => setTimeout(resolve, 300, {}));

export const oddAnswers: readonly SdkCondition[] = [
  answered("changed-input/list", touch, changed(["x"])),
  answered("changed-input/text", touch, changed("x")),
  answered("changed-input/null", touch, changed(null)),
  answered("changed-input/empty", touch, changed({})),
  answered("changed-input/wrong-type", touch, changed({ command: 5 })),
  answered("changed-input/two-faults", write, changed({ file_path: 4 })),
  answered("rules/text", touch, { behavior: "allow", updatedPermissions: "x" }),
  answered("rules/null", touch, { behavior: "allow", updatedPermissions: [null] }),
  answered("rules/without-rules", touch, {
    behavior: "allow",
    updatedPermissions: [{ type: "addRules", rules: null, behavior: "allow", destination: "session" }],
  }),
  answered("deny/interrupt-text", touch, { behavior: "deny", message: "Stop.", interrupt: "yes" }),
  ...["curl x", "npm run build", "git push", "touch a.txt", "rm -rf b"].map((command) => ({
    name: `odd/permission/suggested/${command}`,
    steps: [bash(command), done],
    options: () => ({ canUseTool: deny }),
  })),
  {
    name: "odd/permission/exact-rule",
    steps: touch,
    options: () => ({ canUseTool: allow, disallowedTools: ["Bash(touch made-it)"] }),
  },
  matched("matchers/lists", [
    " Bash ",
    "Edit,Bash",
    "Edit | Bash",
    "Edit|| Bash",
    "Ba",
    "Ba-sh",
    "Bas.?",
    "[",
  ]),
  hooked("changed-input/wrong", touch, [pre({ updatedInput: { nonsense: 1 } })]),
  hooked("changed-input/wrong-but-allowed", touch, [
    pre({ permissionDecision: "allow", updatedInput: { command: 5 } }),
  ]),
  hooked("changed-input/empty", touch, [pre({ updatedInput: {} })]),
  hooked("changed-input/text", touch, [pre({ updatedInput: "x" })]),
  hooked("changed-input/wrong-but-denied", touch, [
    pre({ permissionDecision: "deny", permissionDecisionReason: "No.", updatedInput: { nonsense: 1 } }),
  ]),
  hooked("other-event", touch, [says({ hookSpecificOutput: { hookEventName: "Stop" } })]),
  hooked("other-event/with-denial", touch, [
    says({ hookSpecificOutput: { hookEventName: "Stop" } }),
    denied("No."),
  ]),
  hooked("no-such-event", touch, [says({ hookSpecificOutput: { hookEventName: "Nope" } })]),
  hooked("no-event", touch, [says({ hookSpecificOutput: { permissionDecision: "deny" } })]),
  hooked("text", touch, [says("deny")]),
  hooked("decision-null", touch, [says({ decision: null })]),
  hooked("continue-text", touch, [says({ continue: "no" })]),
  hooked("reason-number", touch, [says({ decision: "block", reason: 5 })]),
  hooked("message-number", touch, [says({ systemMessage: 5 })]),
  hooked("reason-null", touch, [pre({ permissionDecision: "deny", permissionDecisionReason: null })]),
  hooked("two-denials", touch, [denied("First."), denied("Second.")]),
  hooked("write/denied", write, [denied("No.")]),
  hooked("write/blocked", write, [says({ decision: "block", reason: "No." })]),
  hooked("read/denied", [call("Read", { file_path: "a.md" }), done], [denied("No.")]),
  hooked("write/denied-in-dontAsk", write, [denied("Off.")], {
    permissionMode: "dontAsk",
  }),
  hooked("allowed-in-dontAsk", touch, [pre({ permissionDecision: "allow" })], { permissionMode: "dontAsk" }),
  hooked("asks-in-dontAsk", touch, [pre({ permissionDecision: "ask" })], { permissionMode: "dontAsk" }),
  hooked("defer", touch, [pre({ permissionDecision: "defer" })]),
  hooked("defer/and-allow", touch, [
    pre({ permissionDecision: "defer" }),
    pre({ permissionDecision: "allow" }),
  ]),
  hooked("defer/and-deny", touch, [denied("No."), pre({ permissionDecision: "defer" })]),
  hooked("timeout/none", touch, [soon], { timeout: 0 }),
  hooked("timeout/huge", touch, [soon], { timeout: 10_000_000 }),
  hooked("timeout/negative", touch, [soon], { timeout: -1 }),
  hooked("prompt/other-event", [done], [says({ hookSpecificOutput: { hookEventName: EVENT } })], {
    event: "UserPromptSubmit",
  }),
  hooked("after/other-event", echo, [says({ hookSpecificOutput: { hookEventName: EVENT } })], {
    event: "PostToolUse",
  }),
  hooked("stop/other-event", [done], [says({ hookSpecificOutput: { hookEventName: EVENT } })], {
    event: "Stop",
  }),
];
