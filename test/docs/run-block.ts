import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import path from "node:path";
import type { Block } from "./page.ts";
import { save, type Project } from "./project.ts";

/** How a block, or a command of a console block, ended. */
export interface Ended {
  /** `undefined` for a step of a console block that did not begin. */
  readonly code: number | undefined;
  /** stdout and stderr together, in the order of writing. */
  readonly output: string;
}

export interface ConsoleStep {
  readonly command: string;
  /** What the page says that it prints. */
  readonly prints: string;
}

/** A block that takes longer is ended, and so is all that it started and that has not left its group. */
const LIMIT_MS = 50_000;
const END_OF_STEP = "\u0001";

export const runTs = (project: Project, block: Block): Promise<Ended> => {
  const file = block.steering.file ?? `block-${block.line}.mts`;
  save(project.folder, file, block.code);
  return run(project, block, process.execPath, [file]);
};

export const runSh = (project: Project, block: Block): Promise<Ended> =>
  run(project, block, "bash", ["-eu", "-c", block.code]);

/** Parsed only, as it needs what is not there. */
export const parseSh = (project: Project, block: Block): Promise<Ended> =>
  run(project, block, "bash", ["-n", "-c", block.code]);

export const runPython = (project: Project, block: Block): Promise<Ended> =>
  run(project, block, "python3", ["-c", block.code]);

export const parsePython = (project: Project, block: Block): Promise<Ended> =>
  run(project, block, "python3", ["-c", "import ast, sys; ast.parse(sys.argv[1])", block.code]);

/** `$ command` lines, each with the lines that follow it. A command that ends with `\` goes on in the next line. */
export function stepsOf(code: string): ConsoleStep[] {
  const steps: { command: string; prints: string }[] = [];
  let open = false;
  for (const line of code.split("\n")) {
    const step = steps.at(-1);
    if (line.startsWith("$ ")) steps.push({ command: line.slice(2), prints: "" });
    else if (step === undefined) throw new Error(`A console block begins with "$ ", not with "${line}".`);
    else if (open) step.command += `\n${line}`;
    else step.prints += `${line}\n`;
    open = (open || line.startsWith("$ ")) && line.endsWith("\\");
  }
  return steps;
}

/** All commands in one shell, so that variables and `$?` live on from step to step. */
export async function runConsole(
  project: Project,
  block: Block,
  steps: readonly ConsoleStep[],
): Promise<Ended[]> {
  const script = steps.map(
    ({ command }) =>
      `${command}\n__code=$?; printf '${END_OF_STEP}%s${END_OF_STEP}' "$__code"; (exit "$__code")\n`,
  );
  const { code, output } = await run(project, block, "bash", ["-c", script.join("")]);
  const parts = output.split(END_OF_STEP);
  return steps.map((_, index) => {
    const [printed, ended] = parts.slice(2 * index, 2 * index + 2);
    return { code: ended === undefined ? code : Number(ended), output: printed ?? "" };
  });
}

async function run(project: Project, block: Block, file: string, args: readonly string[]): Promise<Ended> {
  const printed = path.join(path.dirname(project.folder), "printed");
  const target = openSync(printed, "w");
  try {
    const child = spawn(file, args, {
      cwd: project.folder,
      env: environmentOf(project, block),
      // One file for both: what stands first was written first.
      stdio: ["ignore", target, target],
      // A group of its own, so that all of it can be ended.
      detached: true,
      timeout: LIMIT_MS,
    });
    const limit = setTimeout(() => endGroup(child.pid), LIMIT_MS);
    try {
      const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
      // As a shell reports it.
      const exitCode = signal === null ? code : 128 + constants.signals[signal];
      return { code: exitCode ?? undefined, output: readFileSync(printed, "utf8") };
    } finally {
      clearTimeout(limit);
    }
  } finally {
    closeSync(target);
  }
}

/** Modes that a block lists are its own: they count from its first invocation of the fake. */
function environmentOf({ folder, env }: Project, { line, steering }: Block): NodeJS.ProcessEnv {
  const given = { ...env, ...steering.env };
  for (const prefix of ["FAKE_CLAUDE_", "FAKE_CODEX_", "FAKE_GEMINI_"]) {
    if (steering.env[`${prefix}MODE`] === undefined) continue;
    const state = path.join(path.dirname(folder), `${prefix}state-${line}`);
    mkdirSync(state, { recursive: true });
    given[`${prefix}STATE_DIR`] = state;
  }
  return given;
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended by itself in the meantime.
  }
}
