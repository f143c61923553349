/**
 * A job driver of your own, shown with a local command: the command runs detached, outlives the process that started it, and
 * keeps its state in a folder. A later process that asks for the same key finds the running job and waits for it. Linux and
 * macOS; it needs nothing but hardcall.
 *
 * Try it, then run the same line again: the result comes from the ledger, and the command does not run a second time.
 *
 *     node detached-job.mts backup-1 sh -c 'sleep 2; echo saved'
 *
 * A driver is four functions (`submit`, `status`, `cancel`, `result`). Each does one thing and returns at once; hardcall does
 * the waiting, the time limits and the retries.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import {
  type CallError,
  defineCall,
  job,
  jobError,
  type EndedJob,
  type JobDriver,
  type JobStatus,
} from "hardcall";
import { refuse, reportFailure } from "./exit-code.mts";

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
}

/** Runs the command and writes its exit code. The rename makes the file appear complete: a reader never sees half of it. */
const RUN = '"$@" > stdout 2> stderr; echo $? > exit.part; mv exit.part exit';

/** @param folder holds one folder of state for each job */
export function detached(folder: string): JobDriver<Command, string> {
  const inside = (id: string, file = "") => path.join(folder, id, file);
  return {
    async submit(id, { file, args }) {
      try {
        await mkdir(folder);
      } catch (error) {
        // Not `recursive`: Node would never return from a path such as /proc/nope/jobs.
        if (!isCode(error, "EEXIST")) throw error;
      }
      try {
        // mkdir succeeds for one process only, so two processes that submit the same id start one job.
        await mkdir(inside(id));
      } catch (error) {
        if (isCode(error, "EEXIST")) return "exists";
        throw notSubmitted("could not make its folder", error);
      }
      await writeFile(inside(id, "command"), JSON.stringify({ file, args }));
      const child = spawn("sh", ["-c", RUN, "sh", file, ...args], {
        cwd: inside(id),
        detached: true,
        stdio: "ignore",
      });
      try {
        await once(child, "spawn");
      } catch (error) {
        // Without its folder the job is missing, so a later call may submit it again.
        await rm(inside(id), { recursive: true });
        throw notSubmitted("could not start a shell", error);
      }
      child.unref();
      await writeFile(inside(id, "pid.part"), String(child.pid));
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
      // It may have ended since its exit file was read.
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

/** `rejected` says that nothing has started. */
const notSubmitted = (message: string, cause: unknown) =>
  jobError({ code: "unavailable", message, effect: "rejected", cause });

// The command may have done part of its work, so the effect is unknown.
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
    advice: "The file stderr in the folder of the job has the reason.",
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

/** Asks for the whole process group: the command may go on after its shell has ended. */
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

if (import.meta.main ?? process.argv[1] === import.meta.filename) {
  const [key, file, ...args] = process.argv.slice(2);
  if (key === undefined || file === undefined) refuse("node detached-job.mts KEY COMMAND [ARGUMENTS...]");
  const jobs = path.resolve("jobs");
  try {
    const run = defineCall({
      name: "detached-job",
      callee: job(detached(jobs)),
      timeout: "1h",
      // The job's id is made from the key, so a second submit finds the first job.
      effects: "keyed",
      key: () => [key],
      ledger: "jobs.db",
    });
    const { outcome, value } = await run({ file, args });
    console.log(`${outcome}: ${value}`);
  } catch (error) {
    reportFailure(error);
    const id = (error as CallError).externalRef;
    if (id !== undefined) console.error(`Its output: ${path.join(jobs, id)}`);
  }
}
