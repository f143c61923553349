/** Compiled, never run: what must and what must not compile. `tsc -p .` is the test. */
import { z } from "zod";
import {
  claude,
  command,
  dedupe,
  defineCall,
  runClaude,
  runCommand,
  task,
  type CallResult,
  type ClaudeDetails,
} from "../../src/index.ts";
import { same } from "./same.ts";

const callee = command("pg_dump", ["prod"]);
const post = task(async (input: { readonly slot: number }) => `post ${input.slot}`);
const key = (input: { readonly slot: number }) => [input.slot];

// A timeout cannot be left out, nor its total.
// @ts-expect-error timeout is required
defineCall({ name: "a", callee, effects: "none" });
// @ts-expect-error timeout.total is required
defineCall({ name: "a", callee, effects: "none", timeout: { attempt: "1m" } });
// @ts-expect-error timeout is required
await runCommand("echo", [], {});
// @ts-expect-error timeout is required
await runClaude("Write", {});
// @ts-expect-error so are effects
defineCall({ name: "a", callee, timeout: "1m" });

// Retry needs permission.
defineCall({ name: "a", callee, timeout: "1m", effects: "none", retry: { attempts: 3 } });
defineCall({ name: "a", callee: post, timeout: "1m", effects: "keyed", key, retry: { attempts: 3 } });
// @ts-expect-error once is once
defineCall({ name: "a", callee, timeout: "1m", effects: "once", retry: { attempts: 3 } });
// @ts-expect-error once is once, with a key too
defineCall({ name: "a", callee: post, timeout: "1m", effects: "once", key, retry: { attempts: 3 } });
// @ts-expect-error nothing to gate with
defineCall({ name: "a", callee: post, timeout: "1m", effects: "keyed", retry: { attempts: 3 } });
// @ts-expect-error nothing to gate with
defineCall({ name: "a", callee: post, timeout: "1m", effects: "verifiable", retry: { attempts: 3 } });
// @ts-expect-error a one-off is never tried again
await runCommand("echo", [], { timeout: "1m", retry: { attempts: 3 } });
// @ts-expect-error a probe goes with verifiable only
defineCall({ name: "a", callee, timeout: "1m", effects: "none", probe: () => "absent" });

// A probe with one answer is a probe, at once or later; so is a promise without a type of its own.
defineCall({
  name: "a",
  callee: post,
  timeout: "1m",
  effects: "verifiable",
  effectWithin: "none",
  key,
  probe: () => "absent",
});
defineCall({
  name: "a",
  callee: post,
  timeout: "1m",
  effects: "verifiable",
  effectWithin: "none",
  key,
  probe: async () => "absent",
});
defineCall({
  name: "a",
  callee: post,
  timeout: "1m",
  effects: "verifiable",
  effectWithin: "none",
  key,
  probe: async ({ slot }) => (slot > 1 ? "present" : "unknown"),
});
defineCall({
  name: "a",
  callee: post,
  timeout: "1m",
  effects: "verifiable",
  effectWithin: "none",
  key,
  probe: () => new Promise((resolve) => resolve("absent")),
});
defineCall({
  name: "a",
  callee: post,
  timeout: "1m",
  effects: "verifiable",
  effectWithin: "none",
  key,
  // @ts-expect-error a probe has three answers
  probe: async () => "maybe",
});

// A gate's once is as strict.
const drafts = dedupe({ scope: "drafts" });
await drafts.once("text", () => "post 1", { probe: () => "absent", effectWithin: "none" });
// @ts-expect-error effectWithin is required with a probe
await drafts.once("text", () => "post 1", { probe: () => "absent" });
// @ts-expect-error and goes with a probe only
await drafts.once("text", () => "post 1", { effectWithin: "1m" });
const published = await drafts.once("text", async () => ({ id: 1 }));
same<typeof published.value, { id: number } | undefined>(true);

// The value has the schema's type, else the callee's.
const schema = z.object({ title: z.string(), words: z.coerce.number() });
interface Draft {
  title: string;
  words: number;
}
const draft = defineCall({ name: "a", callee: claude(), timeout: "1m", effects: "none", output: schema });
const drafted = await draft("Write");
same<typeof drafted.value, Draft>(true);
same<typeof drafted.costUsd, number | undefined>(true);
same<typeof drafted.sessionId, string | undefined>(true);
same<typeof drafted, CallResult<Draft, ClaudeDetails>>(true);
const answered = await runClaude("Write", { timeout: "1m" });
same<typeof answered.value, string>(true);
same<typeof answered.text, string>(true);
const dumped = await defineCall({ name: "a", callee, timeout: "1m", effects: "none" })();
same<typeof dumped.value, string>(true);
// @ts-expect-error a command has no cost
void dumped.costUsd;
const posted = await defineCall({ name: "a", callee: post, timeout: "1m", effects: "none" })({ slot: 1 });
same<typeof posted.value, string>(true);

// The input is the callee's.
const publish = defineCall({ name: "a", callee: post, timeout: "1m", effects: "none" });
// @ts-expect-error slot is a number
await publish({ slot: "1" });
// @ts-expect-error there must be one
await publish();
const resize = command("resize", (image: string) => [image]);
await defineCall({ name: "a", callee: resize, timeout: "1m", effects: "none" })("a.png");
// A task without an input is called without one.
await defineCall({ name: "a", callee: task(async () => 1), timeout: "1m", effects: "none" })();

// Evidence sees the validated value.
defineCall({
  name: "a",
  callee: claude(),
  timeout: "1m",
  effects: "none",
  output: schema,
  evidence: [
    (value) => {
      same<typeof value, Draft>(true);
      return true;
    },
  ],
});

// A settled call is a result or an error, and its outcome tells which.
const settled = await draft.settle("Write");
if (settled.outcome === "executed") same<typeof settled.value, Draft>(true);
if (settled.outcome === "failed") settled.code satisfies string;
if (settled.outcome === "failed") settled.issues?.[0]?.message satisfies string | undefined;
