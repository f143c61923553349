import { createHash } from "node:crypto";
import type { Mode } from "./modes.mts";
import { trial, type Said } from "./trial.mts";

/** Two runs a day. A rate limit was exit code 1 and nothing printed; some days it was exit code 0 and nothing printed. */
const DAYS = 11;
const HOURS = ["09:00", "17:00"];
const LIMITED: Mode = { name: "fail", right: "exit_nonzero" };
const BLANK: Mode = { name: "empty-stdout", right: "empty_output" };

export interface StoryEnd {
  readonly runs: number;
  readonly wrapperOk: number;
  readonly hardcallFailed: number;
  readonly published: number;
}

/** What came after the wrapper, the same for both callers: skip what was there before, then publish each slide. */
class Pipeline {
  readonly published: string[] = [];
  readonly #seen = new Set<string>();

  /** @returns the line in its log */
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
  const wrapper = new Pipeline();
  const withHardcall = new Pipeline();
  let [wrapperOk, hardcallFailed, runs] = [0, 0, 0];
  print(`${"run".padEnd(13)}${"the wrapper's log".padEnd(45)}hardcall's log`);
  for (let day = 1; day <= DAYS; day++) {
    for (const hour of HOURS) {
      const mode = runs++ % 3 === 2 ? BLANK : LIMITED;
      const [naive, hard] = await Promise.all([trial("naive", mode), trial("hardcall", mode)]);
      const left = logLine(wrapper, naive.said);
      const right = logLine(withHardcall, hard.said);
      if (left.includes("status=ok")) wrapperOk++;
      if (right.startsWith("ERROR")) hardcallFailed++;
      print(`${`day ${String(day).padStart(2)} ${hour}`.padEnd(13)}${left.padEnd(45)}${right}`);
    }
  }
  const published = wrapper.published.length + withHardcall.published.length;
  return { runs, wrapperOk, hardcallFailed, published };
}

function logLine(pipeline: Pipeline, said: Said): string {
  if (typeof said === "string") return `ERROR ${said}`;
  if ("draft" in said) return pipeline.run(said.draft);
  return `ERROR code=${said.code} exit=${said.exitCode ?? "none"}`;
}
