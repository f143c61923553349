import type { Runner } from "../ledger/contents/contents.ts";
import { currentOwner } from "../ledger/owner/owner.ts";
import type { ProcStat } from "../process/table/proc-stat.ts";
import { readArguments, readEnvironment, readName, readStat } from "../process/table/proc.ts";

/** The processes above this one, which end later than it, and the call of `hardcall run` that it is part of. */
export function runnerOf(callId: string | undefined): Runner {
  const { pid: _, pidStart: _start, id: _id, ...world } = currentOwner();
  const above = [...processesAbove()];
  const line = above.map(({ pid, startTime }) => [pid, String(startTime)] as const);
  // A wrapper may have emptied the environment, so the topmost that has the call's id counts.
  const inCall = callId === undefined ? 0 : above.findLastIndex((stat) => isPartOf(callId, stat)) + 1;
  return { world, line, callId, inCall };
}

/** From the parent to the first process, or to the shell of a terminal: another terminal's is no other run of what was typed there. */
function* processesAbove(): Generator<ProcStat> {
  let child = readStat(process.pid);
  for (let isParent = true; child !== undefined && child.parent > 0; isParent = false) {
    const parent = readStat(child.parent);
    // Gone, and its number perhaps a younger one's by now; or hidden from us, as all above it then are.
    if (parent === undefined || parent.startTime > child.startTime) return;
    if (!isParent && isTerminalShell(parent, child)) return;
    yield parent;
    child = parent;
  }
}

/**
 * A shell that gives each command typed at it a process group of its own. The command is the run, and the shell lives on. It need
 * not lead its session: `su`, or another shell, may have started it.
 */
function isTerminalShell({ pid, terminal, group }: ProcStat, child: ProcStat): boolean {
  return terminal !== 0 && child.group !== group && SHELL.test(readName(pid) ?? "") && isTypedAt(pid);
}

/** A shell that runs a script, which may turn job control on too (`set -m`), has the script as an argument, or `-c`. */
function isTypedAt(pid: number): boolean {
  const [, ...args] = readArguments(pid) ?? ["", "not to be read"];
  return args.every((argument) => /^[-+]/.test(argument) && !/^-[a-zA-Z]*c/.test(argument));
}

/** Not sudo, which leads the terminal of what it runs as well. */
const SHELL = /^(a|ba|c|da|fi|k|mk|tc|z)?sh$/;

function isPartOf(callId: string, stat: ProcStat): boolean {
  const environment = readEnvironment(stat);
  return typeof environment === "string" && `\0${environment}`.includes(`\0HARDCALL_CALL_ID=${callId}\0`);
}
