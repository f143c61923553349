/**
 * A local command as a remote job: it detaches, outlives the process that started it, and keeps its state in a folder of its own.
 * The next process to ask for the same key finds it there and joins it. Linux and macOS.
 *
 * The whole of a driver is four functions that do one thing each and wait for nothing.
 */
import { spawn } from "node:child_process";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { jobError, type EndedJob, type JobDriver, type JobStatus } from "hardcall";

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
}

/** Runs the command and leaves its exit code, whole or not at all: a rename is seen as one step. */
const RUN = '"$@" > stdout 2> stderr; echo $? > exit.part; mv exit.part exit';

/** @param folder where the jobs keep their state, one folder each */
export function detached(folder: string): JobDriver<Command, string> {
  const inside = (id: string, file = "") => path.join(folder, id, file);
  return {
    async submit(id, { file, args }) {
      try {
        await mkdir(folder);
      } catch (error) {
        // Only the last folder is made: with `recursive`, Node never returns from a path such as /proc/nope/jobs.
        if (!isCode(error, "EEXIST")) throw error;
      }
      try {
        // Making a folder is what can succeed once only: two hosts that ask for one id start one job.
        await mkdir(inside(id));
      } catch (error) {
        if (isCode(error, "EEXIST")) return "exists";
        throw jobError({
          code: "unavailable",
          message: "could not make its folder",
          effect: "rejected",
          cause: error,
        });
      }
      await writeFile(inside(id, "command"), JSON.stringify({ file, args }));
      const child = spawn("sh", ["-c", RUN, "sh", file, ...args], {
        cwd: inside(id),
        detached: true,
        stdio: "ignore",
      });
      child.once("error", () => undefined); // Without a pid file the job shows as failed.
      child.unref();
      await writeFile(inside(id, "pid.part"), String(child.pid ?? ""));
      await rename(inside(id, "pid.part"), inside(id, "pid"));
      return undefined;
    },

    async status(id, { input }): Promise<JobStatus> {
      const [command, exit, pid] = await Promise.all(
        ["command", "exit", "pid"].map((file) => readIfThere(inside(id, file))),
      );
      if (command === undefined) return { state: "missing" };
      const same = command === JSON.stringify({ file: input.file, args: input.args });
      if (exit !== undefined) return { ...ended(Number(exit)), same };
      if (pid === undefined) return { state: "pending", same };
      if (isAlive(Number(pid))) return { state: "running", same };
      // It may have ended between the two looks.
      const late = await readIfThere(inside(id, "exit"));
      return { ...(late === undefined ? killed : ended(Number(late))), same };
    },

    async cancel(id) {
      const pid = Number(await readIfThere(inside(id, "pid")));
      if (pid > 0 && isAlive(pid)) process.kill(-pid, "SIGTERM");
    },

    async result(id) {
      const stdout = await readFile(inside(id, "stdout"), "utf8");
      await rm(inside(id, "stderr"), { force: true });
      return { value: stdout.trimEnd() };
    },
  };
}

// A command that failed or was stopped may have done some of its work.
const killed: EndedJob = {
  state: "failed",
  failure: { code: "killed", message: "was stopped before it ended", effect: "unknown" },
};

function ended(exitCode: number): EndedJob {
  if (exitCode === 0) return { state: "succeeded" };
  const failure = {
    code: "exit_nonzero",
    message: `exited with code ${exitCode}`,
    effect: "unknown",
  } as const;
  return { state: "failed", failure };
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (error) {
    if (isCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

/** The whole group counts: the shell may be gone while the command goes on. */
function isAlive(pid: number): boolean {
  try {
    process.kill(-pid, 0);
    return true;
  } catch {
    return false; // No such group.
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
