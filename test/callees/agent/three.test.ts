import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  CallError,
  claude,
  codex,
  defineCall,
  gemini,
  type AgentDetails,
  type AgentEvent,
  type AgentInput,
  type AgentKind,
  type AgentOptions,
  type Callee,
} from "../../../src/index.ts";
import { ROOT, tempFolder } from "../../helpers/files.ts";

type Make = (options: AgentOptions<AgentEvent>) => Callee<AgentInput, string, AgentDetails>;

/** Each with its fake, and what differs of the modes of these. */
const AGENTS: readonly {
  readonly kind: AgentKind;
  readonly make: (executable: string) => Make;
  readonly fake: string;
  readonly badSchema: string;
}[] = [
  {
    kind: "claude",
    make: (claudePath) => (options) => claude({ ...options, claudePath }),
    fake: "fake-bin/claude",
    badSchema: "schema-invalid",
  },
  {
    kind: "codex",
    make: (codexPath) => (options) => codex({ ...options, codexPath }),
    fake: "fake-bin/codex/codex",
    badSchema: "schema-ignored",
  },
  {
    kind: "gemini",
    make: (geminiPath) => (options) => gemini({ ...options, geminiPath }),
    fake: "fake-bin/gemini/gemini",
    badSchema: "schema-invalid",
  },
];

const Post = z.object({ title: z.string().min(1) });

interface Invocation {
  argv: readonly string[];
  prompts: readonly { readonly text?: string }[];
}

/** An agent with its fake, which does this in turn. */
function faked({ kind, make, fake }: (typeof AGENTS)[number], modes: string) {
  const folder = tempFolder();
  const prefix = `FAKE_${kind.toUpperCase()}`;
  const log = path.join(folder, "log.jsonl");
  const env = {
    HOME: folder,
    [`${prefix}_MODE`]: modes,
    [`${prefix}_STATE_DIR`]: folder,
    [`${prefix}_LOG`]: log,
    [`${prefix}_LOG_PROMPT`]: "1",
    [`${prefix}_DELAY_MS`]: "10",
    [`${prefix}_MAX_LIFETIME_MS`]: "60000",
  };
  const calls = () => {
    const byInvocation = new Map<string, Invocation>();
    for (const line of readFileSync(log, "utf8").trim().split("\n")) {
      const { invocation, ...more } = JSON.parse(line) as { invocation: string } & Invocation;
      byInvocation.set(invocation, { ...byInvocation.get(invocation), ...more });
    }
    return [...byInvocation.values()].map(({ argv, prompts }) => ({ argv, prompt: prompts[0]?.text ?? "" }));
  };
  const agent = (options: AgentOptions<AgentEvent> = {}) =>
    make(path.join(ROOT, fake))({ model: "the-model", killGrace: "300ms", env, ...options });
  return { agent, calls, folder };
}

/** Whether the arguments name a session. Of codex's, which is no value of an option, the log has the hash. */
function names(argv: readonly string[] = [], session = ""): boolean {
  const sha256 = createHash("sha256").update(session).digest("hex");
  return argv.some((word) => word === session || word.includes(sha256));
}

const contract = { name: "it", timeout: "50s", effects: "none" } as const;

describe.each(AGENTS)("$kind", (of) => {
  test("tells text, session, tokens and events by the same names", async () => {
    const { agent } = faked(of, "ok");
    const events: string[] = [];
    const onEvent = ({ type }: AgentEvent) => void events.push(type);
    const result = await defineCall({ ...contract, callee: agent({ onEvent }) })("Write the post");
    expect(result.text).toBe(result.value);
    expect(result.sessionId).toMatch(/^[0-9a-f-]{36}$/);
    expect(result.usage).toMatchObject({ input_tokens: expect.any(Number) as number });
    expect(result.permissionDenials).toEqual([]);
    expect(events.length).toBeGreaterThan(1);
  });

  test.each([
    [true, false],
    ["resume", true],
  ] as const)("feedback: %s tells the next attempt what did not fit", async (feedback, resumes) => {
    const { agent, calls } = faked(of, `${of.badSchema},ok`);
    const retry = { attempts: 2, baseDelay: 1, feedback };
    const draft = defineCall({ ...contract, callee: agent(), output: Post, retry });
    const { value, attempts, sessionId } = await draft("Write the post");
    expect(value.title).not.toBe("");
    expect(attempts.map(({ code }) => code)).toEqual(["invalid_output", undefined]);
    const [first, second] = calls();
    expect(first?.prompt).not.toContain("An earlier answer");
    expect(second?.prompt).toContain("An earlier answer to this was refused because it did not fit");
    expect(names(second?.argv, sessionId)).toBe(resumes);
  });

  test("a session of the input is continued", async () => {
    const { agent, calls } = faked(of, "ok");
    const draft = defineCall({ ...contract, callee: agent() });
    const { sessionId } = await draft("Write the post");
    const again = await draft({ prompt: "Shorter", resume: sessionId });
    expect(again.sessionId).toBe(sessionId);
    expect(names(calls()[1]?.argv, sessionId)).toBe(true);
  });

  test("the marker finds a lost prompt, and is not part of an answer", async () => {
    const { agent, calls } = faked(of, "ok,prompt-lost");
    const draft = defineCall({ ...contract, callee: agent({ marker: true }) });
    const { value } = await draft("Write the post");
    expect(value).not.toContain("HARDCALL-");
    expect(calls()[0]?.prompt).toMatch(/^Write the post\n\n.*holds? nothing but this:/s);
    expect(await draft.settle("Write the post")).toMatchObject({ code: "truncated_output" });
  });

  test('with store: "hash" no ledger keeps what it answered', async () => {
    const { agent, folder } = faked(of, "ok");
    const ledger = path.join(folder, "ledger.db");
    const draft = defineCall({
      ...contract,
      effects: "once",
      callee: agent(),
      ledger,
      key: () => ["a"],
      store: "hash",
    });
    const first = await draft("Write the post");
    const replay = await draft("Write the post");
    expect(replay).toMatchObject({ outcome: "replayed", sessionId: first.sessionId });
    expect(replay.text).toBeUndefined();
    const files = readdirSync(folder).filter((name) => name.startsWith("ledger.db"));
    const kept = files.map((name) => readFileSync(path.join(folder, name), "latin1")).join("");
    expect(kept).toContain(first.sessionId);
    expect(kept).not.toContain(String(first.value).slice(0, 12));
  });

  test("a repeat with another model is another call", async () => {
    const { agent, folder } = faked(of, "ok");
    const keyed = {
      ...contract,
      effects: "once",
      ledger: path.join(folder, "ledger.db"),
      key: () => ["a"],
    } as const;
    await defineCall({ ...keyed, callee: agent() })("Write the post");
    const other = await defineCall({ ...keyed, callee: agent({ model: "another" }) }).settle(
      "Write the post",
    );
    expect(other).toBeInstanceOf(CallError);
    expect(other).toMatchObject({ code: "key_conflict" });
    expect((other as CallError).message).toContain("model");
  });
});
