import { randomUUID } from "node:crypto";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { claude, defineCall, type Settled } from "hardcall";
import { z } from "zod";
import { canCount, end, MARK, running } from "./leftovers.mts";
import { DRAFT, TEXT, type Mode } from "./modes.mts";
import { askClaude } from "./naive.mts";

/** A caller of claude. */
export type Caller = "naive" | "naive with a timeout" | "hardcall";

/** One run of a caller. */
export interface Trial {
  readonly answer: Answer;
  readonly settledMs: number;
  /** How many of its processes still ran afterwards. */
  readonly left: number;
}

/** What the caller answered: a draft, an error code, or nothing yet. */
export type Answer =
  { readonly draft: string } | { readonly code: string; readonly exitCode?: number } | typeof STILL_HANGING;

export const STILL_HANGING = "still hanging" as const;

/** The timeout for a mode that hangs. */
export const HANG_TIMEOUT_MS = 8000;
/** The timeout for the other modes. Only a very busy machine needs so long. */
export const TIMEOUT_MS = 10_000;
/** How long after its timeout the demo gives up on a naive caller. It waits for hardcall without a limit. */
const MORE_MS = 3000;
const KILL_GRACE_MS = 300;
/** How long a process that is ending may take, before it counts as left. */
const AFTERWARDS_MS = 1000;

const PROMPT = "Write the post of the day";
const POST = z.object({ title: z.string().min(1), body: z.string().min(1) });

/** Marks all runs of this demo, so that it can end their processes when it ends. */
export const demoMark = `${randomUUID()}.`;
let runs = 0;

const fakeBin = fileURLToPath(new URL("./fake-bin", import.meta.resolve("hardcall/package.json")));

/** The environment in which a run finds the fake claude, in this mode. */
export const fakeEnv = (mode: string, mark = `${demoMark}${++runs}.`): Record<string, string> => ({
  PATH: `${fakeBin}${path.delimiter}${process.env["PATH"]}`,
  [MARK]: mark,
  FAKE_CLAUDE_MODE: mode,
  FAKE_CLAUDE_TEXT: TEXT,
  // If the demo is killed, its processes end after 20 s.
  FAKE_CLAUDE_MAX_LIFETIME_MS: "20000",
  FAKE_CLAUDE_DELAY_MS: "40",
});

/** Lets a caller ask the fake claude, then counts and ends the processes that are left. */
export async function trial(caller: Caller, mode: Mode): Promise<Trial> {
  const mark = `${demoMark}${++runs}.`;
  const env = fakeEnv(mode.name, mark);
  const start = performance.now();
  const asked = ask(caller, mode, env);
  const answer = caller === "hardcall" ? await asked : await patiently(asked, timeoutOf(mode), mark);
  const settledMs = performance.now() - start;
  const left = answer === STILL_HANGING ? running(mark).length : await leftAfterwards(mark);
  end(mark);
  return { answer, settledMs, left };
}

async function leftAfterwards(mark: string): Promise<number> {
  const until = performance.now() + AFTERWARDS_MS;
  for (;;) {
    await wait(100);
    const left = running(mark).length;
    if (left === 0 || performance.now() > until) return left;
  }
}

async function patiently(asked: Promise<Answer>, timeoutMs: number, mark: string): Promise<Answer> {
  const answer = await Promise.race([asked, wait(timeoutMs + MORE_MS, STILL_HANGING)]);
  // Its processes are gone, so it is about to settle: on a busy machine the event comes late.
  if (answer === STILL_HANGING && canCount && running(mark).length === 0)
    return await Promise.race([asked, wait(TIMEOUT_MS, STILL_HANGING)]);
  return answer;
}

/** Whether the answer is right for the mode. */
export function isRight(mode: Mode, answer: Answer): boolean {
  if (typeof answer === "string") return false;
  if ("code" in answer) return answer.code === mode.right;
  if (mode.right !== DRAFT) return false;
  // A caller that decodes each chunk by itself turns a split character into replacement characters.
  return mode.ownText ? !answer.draft.includes("\uFFFD") : answer.draft === TEXT;
}

async function ask(caller: Caller, mode: Mode, env: Record<string, string>): Promise<Answer> {
  if (caller === "hardcall") return answerOf(await callFor(mode, env).settle(PROMPT));
  const schema = mode.schema ? ["--json-schema", JSON.stringify(z.toJSONSchema(POST))] : [];
  const timeout = caller === "naive" ? undefined : timeoutOf(mode);
  return { draft: await askClaude([...schema, PROMPT], { ...process.env, ...env }, timeout) };
}

const timeoutOf = (mode: Mode) => (mode.hangs ? HANG_TIMEOUT_MS : TIMEOUT_MS);

function callFor(mode: Mode, env: Record<string, string>) {
  const contract = {
    name: "write-draft",
    callee: claude({ env, killGrace: KILL_GRACE_MS, marker: mode.marker }),
    timeout: timeoutOf(mode),
    effects: "none",
  } as const;
  return mode.schema ? defineCall({ ...contract, output: POST }) : defineCall(contract);
}

function answerOf(settled: Settled<unknown>): Answer {
  const { exitCode } = settled;
  if (!(settled instanceof Error)) return { draft: String(settled.value) };
  return { code: settled.code, ...(exitCode !== undefined && { exitCode }) };
}
