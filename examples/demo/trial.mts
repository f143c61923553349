import { randomUUID } from "node:crypto";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { claude, defineCall, type Settled } from "hardcall";
import { z } from "zod";
import { canCount, end, MARK, running } from "./leftovers.mts";
import { DRAFT, TEXT, type Mode } from "./modes.mts";
import { askClaude } from "./naive.mts";

/** Who waits for claude. */
export type Subject = "naive" | "naive with a timeout" | "hardcall";

/** What came of one run. */
export interface Trial {
  readonly said: Said;
  readonly settledMs: number;
  /** How many processes it had started were still there afterwards. */
  readonly left: number;
}

/** A text means: here is your draft. */
export type Said =
  { readonly draft: string } | { readonly code: string; readonly exitCode?: number } | typeof STILL_HANGING;

export const STILL_HANGING = "still hanging" as const;

/** Who waits for one that hangs. */
export const HANG_TIMEOUT_MS = 8000;
/** Who waits for one that does not: nobody does so long, but on a machine with other work. */
export const TIMEOUT_MS = 10_000;
/** When the demo gives up on a naive caller that has not settled; hardcall is left to end by itself. */
const MORE_MS = 3000;
const KILL_GRACE_MS = 300;
/** A process that is about to exit may do so; one that was killed needs the processor once more to be gone. */
const AFTERWARDS_MS = 1000;

const PROMPT = "Write the post of the day";
const POST = z.object({ title: z.string().min(1), body: z.string().min(1) });

/** All runs of this demo carry it, so that all of them can be ended at its end, however it ends. */
export const demoMark = `${randomUUID()}.`;
let runs = 0;

const fakeBin = fileURLToPath(new URL("./fake-bin", import.meta.resolve("hardcall/package.json")));

/** Lets a subject call the fake claude in a mode, counts what is left, and ends it. */
export async function trial(subject: Subject, mode: Mode): Promise<Trial> {
  const mark = `${demoMark}${++runs}.`;
  const env = {
    PATH: `${fakeBin}${path.delimiter}${process.env["PATH"]}`,
    [MARK]: mark,
    FAKE_CLAUDE_MODE: mode.name,
    FAKE_CLAUDE_TEXT: TEXT,
    // Even if the demo is killed, nothing of it lives longer.
    FAKE_CLAUDE_MAX_LIFETIME_MS: "20000",
    FAKE_CLAUDE_DELAY_MS: "40",
  };
  const start = performance.now();
  const asked = ask(subject, mode, env);
  const said = subject === "hardcall" ? await asked : await patiently(asked, timeoutOf(mode), mark);
  const settledMs = performance.now() - start;
  const left = said === STILL_HANGING ? running(mark).length : await leftAfterwards(mark);
  end(mark);
  return { said, settledMs, left };
}

async function leftAfterwards(mark: string): Promise<number> {
  const until = performance.now() + AFTERWARDS_MS;
  for (;;) {
    await wait(100);
    const left = running(mark).length;
    if (left === 0 || performance.now() > until) return left;
  }
}

async function patiently(asked: Promise<Said>, timeoutMs: number, mark: string): Promise<Said> {
  const said = await Promise.race([asked, wait(timeoutMs + MORE_MS, STILL_HANGING)]);
  // With nothing left to wait for it has settled, and on a busy machine the news is late.
  if (said === STILL_HANGING && canCount && running(mark).length === 0)
    return await Promise.race([asked, wait(TIMEOUT_MS, STILL_HANGING)]);
  return said;
}

/** Whether what was said is true of the mode. */
export function isRight(mode: Mode, said: Said): boolean {
  if (typeof said === "string") return false;
  if ("code" in said) return said.code === mode.right;
  if (mode.right !== DRAFT) return false;
  // Decoding chunk by chunk makes replacement characters of what was split between two.
  return mode.ownText ? !said.draft.includes("\uFFFD") : said.draft === TEXT;
}

async function ask(subject: Subject, mode: Mode, env: Record<string, string>): Promise<Said> {
  if (subject === "hardcall") return saidBy(await callFor(mode, env).settle(PROMPT));
  const schema = mode.schema ? ["--json-schema", JSON.stringify(z.toJSONSchema(POST))] : [];
  const timeout = subject === "naive" ? undefined : timeoutOf(mode);
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

function saidBy(settled: Settled<unknown>): Said {
  const { exitCode } = settled;
  if (!(settled instanceof Error)) return { draft: String(settled.value) };
  return { code: settled.code, ...(exitCode !== undefined && { exitCode }) };
}
