import { parse } from "yaml";
import type { Block } from "./page.ts";
import { comparable } from "./printed.ts";
import type { Project } from "./project.ts";
import {
  parsePython,
  parseSh,
  runConsole,
  runPython,
  runSh,
  runTs,
  stepsOf,
  type Ended,
} from "./run-block.ts";

export interface Checked {
  /** What the page promises, and what is: equal where the page is right. */
  readonly expected: unknown;
  readonly actual: unknown;
  /** How the block ended, if it was run. */
  readonly ended?: Ended | undefined;
}

/** Holds a block to its word. `last`: how the block ended that was run before it. */
export type Check = (project: Project, block: Block, last: Ended | undefined) => Promise<Checked>;

/** `undefined` for a block that is only shown. */
export function checkOf({ language, steering }: Block): Check | undefined {
  if (steering.prints) return printsAs;
  switch (language) {
    case "ts":
      // types.test.ts compiles these.
      return steering.norun || steering.failsToCompile ? savedOnly : endsAs(runTs);
    case "sh":
      return endsAs(steering.norun ? parseSh : runSh);
    case "console":
      return consoleAs;
    case "python":
      return endsAs(steering.run ? runPython : parsePython);
    case "json":
      return parsesBy((code) => JSON.parse(code) as unknown);
    case "yaml":
      return parsesBy(parse);
    default:
      return steering.file === undefined ? undefined : savedOnly;
  }
}

const savedOnly: Check = () => Promise.resolve({ expected: "saved", actual: "saved" });

const endsAs =
  (run: (project: Project, block: Block) => Promise<Ended>): Check =>
  async (project, block) => {
    const ended = await run(project, block);
    const { exit } = block.steering;
    return { expected: exit, actual: ended.code === exit ? exit : ended, ended };
  };

const printsAs: Check = (_project, block, last) =>
  Promise.resolve(comparable(block.code, last?.output ?? "(no block was run before)"));

const parsesBy =
  (parser: (code: string) => unknown): Check =>
  (_project, block) =>
    Promise.resolve({ expected: "parsed", actual: parsed(parser, block.code) });

function parsed(parser: (code: string) => unknown, code: string): string {
  try {
    parser(code);
    return "parsed";
  } catch (error) {
    return String(error);
  }
}

const consoleAs: Check = async (project, block) => {
  const steps = stepsOf(block.code);
  const ended = await runConsole(project, block, steps);
  const compared = steps.map(({ command, prints }, index) => {
    const { code, output = "" } = ended[index] ?? {};
    const text = comparable(prints, output);
    const exit = index === steps.length - 1 ? block.steering.exit : 0;
    return {
      expected: { command, prints: text.expected, code: exit },
      actual: { command, prints: text.actual, code },
    };
  });
  return {
    expected: compared.map(({ expected }) => expected),
    actual: compared.map(({ actual }) => actual),
    ended: ended.at(-1),
  };
};
