import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished } from "vitest";
import { linesIn, linesOf, tempFolder } from "../../helpers/files.ts";
import { childrenOf, killAll, processesWith, survivorsAfter } from "../../helpers/processes.ts";
import { startHost } from "../../helpers/run.ts";
import { inMode, type Mode } from "./calls.ts";

/** How a call of the host `calls-in-a-loop.ts` ended. */
export interface LoopEnd {
  readonly number: string;
  /** It failed, or its value is that of its own process. */
  readonly isRight: boolean;
  readonly code: string | undefined;
  readonly effect: string | undefined;
  readonly message: string | undefined;
  readonly durationMs: number;
}

/** A host that makes calls without a pause. */
export interface Loop {
  readonly pid: number;
  /** Waits until so many processes have started in all. */
  started(count: number): Promise<void>;
  /** The numbers of the calls of which a process is alive. */
  living(): number[];
  kill(signal: NodeJS.Signals): void;
  /** What is alive after this time of all that it started, itself included. Looks again when nothing seems to be left. */
  leaves(ms: number): Promise<number[]>;
  /** Tells the host to make no more calls and gives how all ended. Each started at most once, and said so. */
  ends(): Promise<readonly LoopEnd[]>;
}

interface LoopOptions {
  readonly lanes: number;
  readonly kind: "short" | "brief" | "lasting";
  readonly timeout?: string;
}

export function startLoop(mode: Mode, { lanes, kind, timeout = "30s" }: LoopOptions): Loop {
  const starts = path.join(tempFolder(), "starts");
  const value = `${process.pid}-${performance.now()}`;
  const marked = () => processesWith(`MARKED_BY_TEST=${value}`);
  onTestFinished(() => killAll(marked()));
  const { child, pid, finished } = startHost("calls-in-a-loop.ts", [String(lanes), kind, timeout], {
    env: { ...inMode(mode), STARTS: starts, MARKED_BY_TEST: value },
  });
  return {
    pid,
    started: async (count) => void (await linesIn(starts, count)),
    living: () => marked().flatMap((one) => numberOf(one)),
    kill: (signal) => void child.kill(signal),
    leaves: async (ms) => [...(await survivorsAfter(ms, marked())), ...marked()],
    ends: async () => {
      child.kill("SIGUSR2");
      const { stdout, stderr } = await finished;
      expect(stderr).toBe("");
      const ends = stdout
        .toString()
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as LoopEnd);
      const numbers = linesOf(starts);
      expect(numbers.length).toBe(new Set(numbers).size);
      for (const { number, code, effect, isRight } of ends) {
        expect({ number, isRight }).toEqual({ number, isRight: true });
        if (code === undefined) expect(numbers).toContain(number);
        if (effect === "not_started") expect(numbers).not.toContain(number);
      }
      return ends;
    },
  };
}

function numberOf(pid: number): number[] {
  try {
    const [, number] = /(?:^|\0)N=(\d+)\0/.exec(readFileSync(`/proc/${pid}/environ`, "latin1")) ?? [];
    return number === undefined ? [] : [Number(number)];
  } catch {
    // It has gone meanwhile.
    return [];
  }
}

/** The helper of a host, if it has one; for a moment another that is retiring. */
export const helpersOf = ({ pid }: Loop): number[] => childrenOf(pid, "hardcall-helper");

/** A time to wait before a fault, so that it meets each moment of a call. */
export const upTo = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.random() * ms));
