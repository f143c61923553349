import { createHash } from "node:crypto";
import type { Mode } from "./modes.mts";
import { trial, type Answer } from "./trial.mts";

/** Two runs a day. A rate limit gave exit code 1 and no output; some runs gave exit code 0 and no output. */
const DAYS = 11;
const HOURS = ["09:00", "17:00"];
const LIMITED: Mode = { name: "fail", right: "exit_nonzero" };
const BLANK: Mode = { name: "empty-stdout", right: "empty_output" };

export interface StoryEnd {
  readonly runs: number;
  readonly naiveOk: number;
  readonly hardcallFailed: number;
  readonly published: number;
}

/** The publishing step, the same for both callers: skips a known draft, else publishes its slides. */
class Pipeline {
  readonly published: string[] = [];
  readonly #seen = new Set<string>();

  /** @returns the log line */
  run(draft: string): string {
    const hash = createHash("sha256").update(draft).digest("hex");
    const short = `${hash.slice(0, 8)}…`;
    if (this.#seen.has(hash)) return `INFO  status=ok duplicate ${short} skipped`;
    this.#seen.add(hash);
    const slides = draft.split("\n\n").filter((slide) => slide !== "");
    this.published.push(...slides);
    return `INFO  status=ok draft ${short} ${slides.length} slides`;
  }
}

export async function tellStory(print: (line: string) => void): Promise<StoryEnd> {
  const withoutHardcall = new Pipeline();
  const withHardcall = new Pipeline();
  let [naiveOk, hardcallFailed, runs] = [0, 0, 0];
  print(`${"run".padEnd(13)}${"log of the naive caller".padEnd(45)}log with hardcall`);
  for (let day = 1; day <= DAYS; day++) {
    for (const hour of HOURS) {
      const mode = runs++ % 3 === 2 ? BLANK : LIMITED;
      const [naive, hard] = await Promise.all([
        trial("naive", "claude", mode),
        trial("hardcall", "claude", mode),
      ]);
      const left = logLine(withoutHardcall, naive.answer);
      const right = logLine(withHardcall, hard.answer);
      if (left.includes("status=ok")) naiveOk++;
      if (right.startsWith("ERROR")) hardcallFailed++;
      print(`${`day ${String(day).padStart(2)} ${hour}`.padEnd(13)}${left.padEnd(45)}${right}`);
    }
  }
  const published = withoutHardcall.published.length + withHardcall.published.length;
  return { runs, naiveOk, hardcallFailed, published };
}

function logLine(pipeline: Pipeline, answer: Answer): string {
  if (typeof answer === "string") return `ERROR ${answer}`;
  if ("draft" in answer) return pipeline.run(answer.draft);
  return `ERROR code=${answer.code} exit=${answer.exitCode ?? "none"}`;
}
