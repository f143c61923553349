/** Compiled, never run: a call is moved from one agent to another by changing one line. `tsc -p .` is the test. */
import { z } from "zod";
import {
  claude,
  codex,
  defineCall,
  gemini,
  runClaude,
  runCodex,
  runGemini,
  type AgentDetails,
  type AgentInput,
  type Callee,
  type ClaudeOptions,
  type CodexOptions,
  type GeminiOptions,
} from "../../src/index.ts";
import type { CLAUDE_CANNOT } from "../../src/callees/claude/cannot.ts";
import type { CODEX_CANNOT } from "../../src/callees/codex/cannot.ts";
import type { GEMINI_CANNOT } from "../../src/callees/gemini/cannot.ts";
import { same } from "./same.ts";

const model = "the-model";
const output = z.object({ title: z.string(), body: z.string() });
const contract = {
  name: "draft",
  timeout: { total: "30m", idle: "5m" },
  effects: "none",
  output,
  retry: { attempts: 3, feedback: true },
} as const;

const drafts = {
  claude: defineCall({ ...contract, callee: claude({ model, marker: false, permissionDenials: "allow" }) }),
  codex: defineCall({ ...contract, callee: codex({ model, marker: false, permissionDenials: "allow" }) }),
  gemini: defineCall({ ...contract, callee: gemini({ model, marker: false, permissionDenials: "allow" }) }),
};

// Everything that follows the callee's line is the same for the three.
for (const draft of Object.values(drafts)) {
  const first = await draft("Write the post");
  const title: string = first.value.title;
  const text: string = first.text;
  const session: string | undefined = first.sessionId;
  const tokens: Readonly<Record<string, unknown>> | undefined = first.usage;
  const denied: number = first.permissionDenials.length;
  await draft({
    prompt: `Shorter: ${title} ${text.length} ${denied} ${tokens !== undefined}`,
    resume: session,
  });
}

// What all tell can be read of any of them.
const anyAgent: readonly Callee<AgentInput, string, AgentDetails>[] = [claude(), codex(), gemini({ model })];
void anyAgent;

// A one-off moves in the same way.
const onceMore = { model, timeout: "10m" } as const;
for (const { text, sessionId } of [
  await runClaude("Write", onceMore),
  await runCodex("Write", onceMore),
  await runGemini("Write", onceMore),
])
  void [text, sessionId];
// @ts-expect-error timeout is required
await runCodex("Write", { model });

// One listener for the events of all.
const onEvent = ({ type }: { readonly type: string }) => type;
claude({ onEvent });
codex({ onEvent });
gemini({ onEvent });

// What an agent cannot do does not compile.
// @ts-expect-error codex has no limit of turns
codex({ maxTurns: 3 });
// @ts-expect-error codex tells no cost, so it can keep to none
codex({ maxBudgetUsd: 1 });
// @ts-expect-error codex has its own sandboxes
codex({ sandbox: "none" });
// @ts-expect-error gemini has no limit of turns on its command line
gemini({ model, maxTurns: 3 });
// @ts-expect-error gemini tells no cost
gemini({ model, maxBudgetUsd: 1 });
// @ts-expect-error claude has no such option
claude({ approvalMode: "yolo" });

// Each says of every option of the other two what to do instead.
same<keyof typeof CLAUDE_CANNOT, Exclude<keyof CodexOptions | keyof GeminiOptions, keyof ClaudeOptions>>(
  true,
);
same<keyof typeof CODEX_CANNOT, Exclude<keyof ClaudeOptions | keyof GeminiOptions, keyof CodexOptions>>(true);
same<keyof typeof GEMINI_CANNOT, Exclude<keyof ClaudeOptions | keyof CodexOptions, keyof GeminiOptions>>(
  true,
);
