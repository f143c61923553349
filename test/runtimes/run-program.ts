import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import { commandLineOf, killAll, processesWith, survivorsAfter } from "../helpers/processes.ts";
import type { Checked } from "./programs/lib/check.ts";
import { PROGRAMS } from "./project.ts";
import type { Runtime } from "./runtimes.ts";

/** A program that takes longer is ended, and so is all that it started. */
const LIMIT_MS = 150_000;
/** How long what a program started may live after it: the guardian sees the end of its host within this time. */
const LEFT_MS = 3000;

/** What a program of `programs/` showed on a runtime, and what went wrong with the program itself. */
export interface ProgramRun {
  readonly checks: readonly Checked[];
  readonly problems: readonly string[];
}

/** Runs a program of the project on a runtime, in a home of its own, and looks at what it leaves behind. */
export async function runProgram(runtime: Runtime, project: string, program: string): Promise<ProgramRun> {
  const home = path.join(project, `home-${runtime.name}-${runtime.version}-${path.basename(program, ".ts")}`);
  mkdirSync(home);
  const mark = randomUUID();
  const env = {
    // The fakes are programs of Node.js: here of the one that runs this.
    PATH: [path.dirname(process.execPath), process.env["PATH"]].join(path.delimiter),
    HOME: home,
    TMPDIR: home,
    FAKE_CLAUDE_MAX_LIFETIME_MS: "60000",
    FAKE_CLAUDE_DELAY_MS: "5",
    NO_COLOR: "1",
    /** How a program starts another on the same runtime. */
    RUNTIME_COMMAND: JSON.stringify([runtime.file, ...runtime.args]),
    RUNTIME_MARK: mark,
  };
  const child = spawn(runtime.file, [...runtime.args, path.join(PROGRAMS, program)], {
    cwd: project,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: LIMIT_MS,
    killSignal: "SIGKILL",
  });
  const printed = Promise.all([text(child.stdout), text(child.stderr)]);
  try {
    const [exitCode, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
    const left = await survivorsAfter(LEFT_MS, processesWith(mark));
    const leftOver = left.map((pid) => `left running: ${commandLineOf(pid)}`);
    killAll(processesWith(mark));
    const [stdout, stderr] = await printed;
    const lines = stdout.split("\n").filter((line) => line !== "");
    const ended = exitCode === 0 ? [] : [`it ended with ${exitCode ?? signal}: ${stderr}`];
    return {
      checks: lines.filter(isChecked).map((line) => JSON.parse(line) as Checked),
      problems: [
        ...ended,
        ...leftOver,
        ...lines.filter((line) => !isChecked(line)).map((line) => `it printed: ${line}`),
        ...(exitCode === 0 && stderr !== "" ? [`on stderr: ${stderr}`] : []),
      ],
    };
  } finally {
    killAll(processesWith(mark));
    rmSync(home, { recursive: true, force: true });
  }
}

const isChecked = (line: string) => line.startsWith('{"what":');
