import { randomUUID } from "node:crypto";
import { commandLineOf, killAll, parentOf, processesWith, survivorsAfter } from "./processes.ts";

/** How long the guardians of test workers may take to see that their host has gone, and to go too. */
const BOUND_MS = 3000;

/** Everything that the suite starts inherits a cookie; nothing that carries it may be left when the suite is over. */
export default function setup(): () => Promise<void> {
  const cookie = `TEST_RUN_COOKIE=${randomUUID()}`;
  [, process.env["TEST_RUN_COOKIE"]] = cookie.split("=");
  return async () => {
    // vitest's own workers are its children, and end with it.
    const isWorker = (pid: number) => parentOf(pid) === process.pid;
    const guardianOfWorker = (pid: number) => isWorker(parentOf(pid) ?? 0) && isGuardian(pid);
    const strays = processesWith(cookie).filter((pid) => !isWorker(pid) && !guardianOfWorker(pid));
    const left = await survivorsAfter(BOUND_MS, strays);
    if (left.length === 0) return;
    const list = left.map((pid) => `\n  ${pid} ${commandLineOf(pid)}`).join("");
    killAll(left);
    throw new Error(`The suite left ${left.length} processes running:${list}`);
  };
}

const isGuardian = (pid: number) => commandLineOf(pid).includes("guardian");
