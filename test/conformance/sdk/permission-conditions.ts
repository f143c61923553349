import {
  allow,
  bash,
  broken,
  call,
  close,
  deny,
  done,
  interrupt,
  never,
  touch,
  write,
  type Input,
  type Options,
  type SdkCondition,
} from "./condition.ts";
import type { Step } from "./model.ts";

const ask = (
  name: string,
  steps: readonly Step[],
  canUseTool: unknown,
  more: Options = {},
): SdkCondition => ({
  name: `permission/${name}`,
  steps,
  options: () => ({ ...(canUseTool !== undefined && { canUseTool }), ...more }),
});

const suggested = async (_: string, input: Input, { suggestions }: { suggestions: unknown }) => ({
  behavior: "allow",
  updatedInput: input,
  updatedPermissions: suggestions,
});
const ruled = async (_: string, input: Input) => ({
  behavior: "allow",
  updatedInput: input,
  updatedPermissions: [
    {
      type: "addRules",
      rules: [{ toolName: "Bash", ruleContent: "touch:*" }],
      behavior: "allow",
      destination: "session",
    },
  ],
});

export const permissions: readonly SdkCondition[] = [
  ask("nobody-to-ask", touch, undefined),
  ask("nobody-to-ask/curl", [bash("curl http://127.0.0.1:1/"), done], undefined),
  ask("nobody-to-ask/write", write, undefined),
  ask("nobody-to-ask/read", [call("Read", { file_path: "/etc/hostname" }), done], undefined),
  ask(
    "nobody-to-ask/webfetch",
    [call("WebFetch", { url: "http://127.0.0.1:1/", prompt: "x" }), done],
    undefined,
  ),
  ask("allow", touch, allow),
  ask("allow/without-input", touch, async () => ({ behavior: "allow" })),
  ask("allow/changed-input", touch, async () => ({
    behavior: "allow",
    updatedInput: { command: "touch other", description: "y" },
  })),
  ask("allow/wrong-input", touch, async () => ({ behavior: "allow", updatedInput: { nonsense: 1 } })),
  ask("allow/suggestions", [bash("touch a"), bash("touch a"), done], suggested),
  ask("allow/rule", [bash("touch a"), bash("touch b"), done], ruled),
  ask("deny", touch, deny),
  ask("deny/twice", [bash("touch a"), bash("touch b"), done], deny),
  ask("deny/interrupt", touch, async () => ({ behavior: "deny", message: "Stop.", interrupt: true })),
  ask("deny/write", write, deny),
  ask("deny/curl", [bash("curl http://127.0.0.1:1/"), done], deny),
  ask("deny/webfetch", [call("WebFetch", { url: "http://127.0.0.1:1/", prompt: "x" }), done], deny),
  ask("deny/websearch", [call("WebSearch", { query: "xx" }), done], deny),
  ask("deny/read-outside", [call("Read", { file_path: "/etc/hostname" }), done], deny),
  ask("broken", touch, broken),
  ask("nonsense", touch, async () => ({ behavior: "perhaps" })),
  { ...ask("no-answer/interrupt", touch, never), whileWaiting: interrupt },
  { ...ask("no-answer/close", touch, never), whileWaiting: close },
  ask("not-needed/ls", [bash("ls", ""), done], deny),
  ask("not-needed/allowed", touch, deny, { allowedTools: ["Bash"] }),
  ask("not-needed/allowed-by-rule", touch, deny, { allowedTools: ["Bash(touch:*)"] }),
  ask("disallowed", touch, deny, { disallowedTools: ["Bash"] }),
  ask("disallowed-by-rule", touch, deny, { disallowedTools: ["Bash(touch:*)"] }),
  ask("not-among-the-tools", touch, deny, { tools: ["Read"] }),
  ask("mode/acceptEdits", touch, deny, { permissionMode: "acceptEdits" }),
  ask("mode/acceptEdits/curl", [bash("curl http://127.0.0.1:1/"), done], deny, {
    permissionMode: "acceptEdits",
  }),
  ask("mode/dontAsk", touch, deny, { permissionMode: "dontAsk" }),
  ask("mode/plan", write, deny, { permissionMode: "plan" }),
];
