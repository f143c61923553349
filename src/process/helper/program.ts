/**
 * The program that starts processes for a host with much memory: to start one blocks a process for as long as the system takes to copy its
 * page tables, 36 ms of a host of 1 GiB. The host sends orders over its channel. The helper reads what a young process prints; of one
 * that runs on it hands the sockets to the host and has only to tell the exit. It ends with its host, and the guardian sees to that.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { Socket } from "node:net";
import { machineTime, msUntil } from "../../core/machine-time.ts";
import { readStat } from "../table/proc.ts";
import { TOO_LATE, WORDS_FD, type HandOver, type Order, type ToHelper, type Word } from "./messages.ts";
import { YoungChild } from "./young-child.ts";

// It runs as text after `-e`, so its arguments begin one earlier than those of a file.
const host = Number(process.argv[1]);

// What ends a service or a terminal's job signals every process of it, and the host decides how its calls end. Of the others the first would
// open the port of Node's debugger.
for (const signal of ["SIGHUP", "SIGINT", "SIGTERM", "SIGUSR1", "SIGUSR2"] as const)
  process.on(signal, () => undefined);
process.on("disconnect", () => process.exit());
// The host had no descriptor free for a socket. Without it output would be missing, so its calls must fail.
process.on("warning", ({ name }) => {
  if (name === "SentHandleNotReceivedWarning") process.exit(1);
});

const words = new Socket({ fd: WORDS_FD, readable: false, writable: true });
// The host is gone: "disconnect" follows.
words.on("error", () => undefined);

/** By the id of its order, each process of which the host does not have the sockets. */
const young = new Map<number, YoungChild>();

const tell = (word: Word) => void words.write(`${JSON.stringify(word)}\n`);

function give(message: HandOver, socket: Socket): void {
  // The error is that the host is gone: "disconnect" follows.
  process.send?.(message, socket, {}, () => undefined);
}

function start({ id, file, args, cwd, env, input, until }: Order): void {
  // Another process is the parent of an orphan. The guardian ends what a dead host has started, and must not come too early.
  if (process.ppid !== host) process.exit();
  if (msUntil(until) <= 0) return tell({ type: "refused", id, code: TOO_LATE });
  let child: ChildProcess;
  try {
    // ast-grep-ignore: js-subprocess-timeout, reason: the host ends it
    child = spawn(file, args, {
      cwd,
      env,
      detached: true,
      stdio: [input === "none" ? "ignore" : "pipe", "pipe", "pipe"],
    });
  } catch (error) {
    return refuse(id, error);
  }
  if (child.pid === undefined) {
    child.once("error", (error) => refuse(id, error));
    return;
  }
  // Node emits this, too, for a signal that it could not send. The helper sends none to a child.
  child.on("error", () => undefined);
  tell({ type: "started", id, pid: child.pid, startTime: readStat(child.pid)?.startTime });
  young.set(id, new YoungChild(id, child, input, { tell, give }));
  child.once("exit", (code, signal) => tell({ type: "exit", id, code, signal, at: machineTime().steady }));
  child.once("close", () => young.delete(id));
}

function refuse(id: number, error: unknown): void {
  tell({ type: "refused", id, code: (error as NodeJS.ErrnoException).code ?? "UNKNOWN" });
}

process.on("message", (message: ToHelper) => {
  if (message.type === "ping") tell({ type: "pong" });
  else if (message.type === "start") start(message);
  else {
    young.get(message.id)?.handOver();
    young.delete(message.id);
  }
});
tell({ type: "pong" });
