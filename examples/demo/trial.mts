import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { defineCall, type Settled } from "hardcall";
import { ANSWER_FILE, calleeOf, fakeEnv, naiveArguments, POST, PROMPT, type Agent } from "./agents.mts";
import { canCount, countLately, end } from "./leftovers.mts";
import { DRAFT, TEXT, type Mode } from "./modes.mts";
import { askNaively } from "./naive.mts";

/** A caller of an agent. */
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
export const HANG_TIMEOUT_MS = 15_000;
/** The timeout for the other modes. Only a very busy machine needs so long. */
export const TIMEOUT_MS = 30_000;
/** How long after its timeout the demo gives up on a naive caller. It waits for hardcall without a limit. */
const MORE_MS = 3000;
/** How long a process that is ending may take, before it counts as left. */
const AFTERWARDS_MS = 2000;

/** Marks all runs of this demo, so that it can end their processes when it ends. */
export const demoMark = `${randomUUID()}.`;
let runs = 0;

export const nextMark = () => `${demoMark}${++runs}.`;

/** Lets a caller ask a fake agent, then counts and ends the processes that are left. */
export async function trial(caller: Caller, agent: Agent, mode: Mode): Promise<Trial> {
  const mark = nextMark();
  const env = fakeEnv(agent, mode.name, mark);
  const folder = mkdtempSync(path.join(tmpdir(), "hardcall-demo-"));
  try {
    const start = performance.now();
    const asked =
      caller === "hardcall"
        ? askHardcall(agent, mode, env)
        : askAsMany(agent, mode, env, folder, caller === "naive" ? undefined : timeoutOf(mode));
    const answer = caller === "hardcall" ? await asked : await patiently(asked, timeoutOf(mode), mark);
    const settledMs = performance.now() - start;
    const left = answer === STILL_HANGING ? countLately(mark) : await leftAfterwards(mark);
    return { answer, settledMs, left };
  } finally {
    end(mark);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function askAsMany(
  agent: Agent,
  mode: Mode,
  env: Readonly<Record<string, string>>,
  folder: string,
  timeout: number | undefined,
): Promise<Answer> {
  const answerFile = mode.answerFile && path.join(folder, ANSWER_FILE);
  if (answerFile !== undefined) writeFileSync(answerFile, "Yesterday's draft");
  const args = naiveArguments(agent, mode, folder);
  return {
    draft: await askNaively({ file: agent, args, env: { ...process.env, ...env }, timeout, answerFile }),
  };
}

async function askHardcall(agent: Agent, mode: Mode, env: Readonly<Record<string, string>>): Promise<Answer> {
  const contract = {
    name: "write-draft",
    callee: calleeOf(agent, mode, env),
    timeout: timeoutOf(mode),
    effects: "none",
  } as const;
  const call = mode.schema ? defineCall({ ...contract, output: POST }) : defineCall(contract);
  return answerOf(await call.settle(PROMPT));
}

async function leftAfterwards(mark: string): Promise<number> {
  const until = performance.now() + AFTERWARDS_MS;
  for (;;) {
    await wait(100);
    const left = countLately(mark);
    if (left === 0 || performance.now() > until) return left;
  }
}

async function patiently(asked: Promise<Answer>, timeoutMs: number, mark: string): Promise<Answer> {
  const answer = await Promise.race([asked, wait(timeoutMs + MORE_MS, STILL_HANGING)]);
  // Its processes are gone, so it is about to settle: on a busy machine the event comes late.
  if (answer === STILL_HANGING && canCount && countLately(mark) === 0)
    return await Promise.race([asked, wait(TIMEOUT_MS, STILL_HANGING)]);
  return answer;
}

/** Whether the answer is right for the mode. */
export function isRight(mode: Mode, answer: Answer): boolean {
  if (typeof answer === "string") return false;
  if ("code" in answer) return answer.code === mode.right || answer.code === mode.orCode;
  if (mode.right !== DRAFT) return false;
  // A caller that decodes each chunk by itself turns a split character into replacement characters.
  return mode.ownText ? !answer.draft.includes("\uFFFD") : answer.draft === TEXT;
}

const timeoutOf = (mode: Mode) => (mode.hangs ? HANG_TIMEOUT_MS : TIMEOUT_MS);

function answerOf(settled: Settled<unknown>): Answer {
  const { exitCode } = settled;
  if (!(settled instanceof Error)) return { draft: String(settled.value) };
  return { code: settled.code, ...(exitCode !== undefined && { exitCode }) };
}
