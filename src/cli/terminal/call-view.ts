import { isWindows } from "../../core/is-windows.ts";
import type { AttemptContext, Callee } from "../../core/callee.ts";
import { readStat } from "../../process/table/proc.ts";
import { within } from "../../process/within.ts";
import { stderrTail } from "./stderr-tail.ts";
import type { AgentEvent } from "../../callees/agent/events.ts";
import type { AgentKind } from "../../core/callee-kind.ts";
import type { AgentProgress } from "./agent-events.ts";
import { progressOf } from "./agent-progress.ts";
import { OwnWords } from "./own-words.ts";
import { Screen } from "./screen.ts";
import { statusLine } from "./status-line.ts";
import { StderrWriter } from "./stderr-writer.ts";

/** What becomes of the child's stderr: shown as it comes, its end shown after a failure, or neither. */
export type StderrMode = "live" | "tail" | "off";

/** What a call is allowed, for the line that shows how far it is. */
export interface CallLimits {
  readonly totalMs: number;
  readonly attempts: number;
}

export interface ViewOptions {
  /** The call's. */
  readonly name: string;
  readonly kind: "command" | AgentKind;
  /** Without it, live on a terminal, where a person watches, and else the end after a failure. */
  readonly stderr: StderrMode | undefined;
  /** What alone its first attempt may have to wait for. */
  readonly resource?: string | undefined;
}

/** A call shorter than this needs no sign of life. */
const QUIET_MS = 2000;
const DRAW_EVERY_MS = 250;
/** How long the rest of the child's stderr may take once the call is over. */
const FLUSH_MS = 500;
/** How long the terminal may take for what was printed before a Ctrl-Z. */
const WRITTEN_MS = 200;
const DEFAULT_COLUMNS = 80;

/**
 * What a person sees of a call that runs: the child's stderr, and on a terminal a line that says how far it is. Nothing of it is
 * part of a message, a log line or the ledger.
 */
export class CallView {
  readonly #name: string;
  readonly mode: StderrMode;
  readonly #writer = new StderrWriter();
  readonly #screen: Screen;
  readonly #agent: AgentProgress | undefined;
  readonly #ownWords: OwnWords | undefined;
  readonly #hasLine: boolean;
  readonly #resource: string | undefined;
  #limits: CallLimits = { totalMs: 0, attempts: 1 };
  #startedAt = 0;
  #attempt = 0;
  #isBetween = true;
  #isStopping = false;
  /** The terminal has not taken all, and may have stopped within a line. */
  #timer: NodeJS.Timeout | undefined;

  constructor(of: ViewOptions) {
    const { stderr } = process;
    this.#name = of.name;
    this.#resource = of.resource;
    this.mode = of.stderr ?? (stderr.isTTY ? "live" : "tail");
    if (of.kind !== "command") {
      this.#agent = progressOf(of.kind);
      this.#ownWords = new OwnWords(of.kind);
    }
    this.#hasLine = stderr.isTTY && !isDumb(process.env["TERM"]) && !isLogged();
    this.#screen = new Screen({
      writer: this.#writer,
      colours: stderr.isTTY && stderr.hasColors(),
      columns: () => stderr.columns || DEFAULT_COLUMNS,
      isForeground,
    });
  }

  /** For the callee's `onStderr`. */
  get onStderr(): ((chunk: Uint8Array) => void) | undefined {
    return this.mode === "live" ? (chunk) => this.#screen.show(chunk) : undefined;
  }

  /** For the callee's `onEvent`. */
  readonly onEvent = (event: AgentEvent): void => {
    this.#agent?.see(event);
    this.#ownWords?.see(event);
  };

  /** The callee, whose attempts are seen. */
  watch<Input, Raw, Details extends object>(
    callee: Callee<Input, Raw, Details>,
  ): Callee<Input, Raw, Details> {
    const run = async (input: Input, context: AttemptContext) => {
      this.#begin();
      try {
        return await callee.run(input, context);
      } finally {
        this.#end();
      }
    };
    return { ...callee, run };
  }

  start(limits: CallLimits): void {
    this.#limits = limits;
    this.#startedAt = performance.now();
    if (!this.#hasLine) return;
    this.#timer = setInterval(() => this.#draw(), DRAW_EVERY_MS);
    process.on("SIGTSTP", this.#suspend);
    process.on("exit", this.#leave);
  }

  /** A signal has come: from now on the line says that the call is being stopped. */
  stopping(): void {
    this.#isStopping = true;
    if (this.#hasLine) this.#draw();
  }

  /** Takes the line away and waits, for a moment at most, until all of the child's stderr is shown. */
  async finish(): Promise<void> {
    clearInterval(this.#timer);
    process.off("SIGTSTP", this.#suspend);
    process.off("SIGCONT", this.#resume);
    this.#screen.clear();
    await this.#writer.flush(FLUSH_MS);
    process.off("exit", this.#leave);
  }

  /**
   * Says how the call ended, in one line. Below it: what an agent says of an error of its own, and the end of the child's stderr
   * unless that was shown before.
   *
   * @returns once it is written: a terminal that is stopped takes it when it goes on
   */
  fail(message: string, stderr: string): Promise<void> {
    const tail = this.mode === "tail" ? stderrTail(stderr) : "";
    return this.#tell(`hardcall: ${message}\n${this.#ownWords?.line ?? ""}${tail}`);
  }

  /** A line of hardcall's own after the call; resolves once it is written. */
  say(line: string): Promise<void> {
    return this.#tell(`hardcall: ${line}\n`);
  }

  #tell(text: string): Promise<void> {
    this.#writer.write(text);
    return this.#writer.written();
  }

  #begin(): void {
    this.#attempt++;
    this.#isBetween = false;
    this.#agent?.next();
    this.#ownWords?.next();
    if (this.mode === "live" && this.#attempt > 1)
      this.#screen.say(`hardcall: attempt ${this.#attempt} of ${this.#limits.attempts}`);
  }

  #end(): void {
    this.#isBetween = true;
    if (this.mode === "live") this.#screen.endChild();
  }

  #draw(): void {
    const goneMs = performance.now() - this.#startedAt;
    if (goneMs < QUIET_MS && !this.#isStopping) return;
    const status = {
      name: this.#name,
      goneMs,
      limitMs: this.#limits.totalMs,
      attempt: this.#attempt,
      attempts: this.#limits.attempts,
      isBetween: this.#isBetween,
      isStopping: this.#isStopping,
      resource: this.#resource,
      agent: this.#agent?.status,
    };
    this.#screen.draw(statusLine(status));
  }

  /** Ctrl-Z: the shell's prompt comes next, so the line goes first. Without a listener the signal stops the process as ever. */
  readonly #suspend = (): void => {
    process.off("SIGTSTP", this.#suspend);
    void this.#stop();
  };

  async #stop(): Promise<void> {
    // The terminal may have the line, and this process not know it yet. One that takes nothing does not hold up the stop.
    await within(this.#writer.written(), WRITTEN_MS);
    this.#screen.clearNow();
    process.once("SIGCONT", this.#resume);
    process.kill(process.pid, "SIGTSTP");
  }

  readonly #resume = (): void => {
    process.on("SIGTSTP", this.#suspend);
  };

  readonly #leave = (): void => this.#screen.clearNow();
}

/** A log is printed on stderr as well, and would be written into the line. */
const isLogged = () => (process.env["HARDCALL_LOG_LEVEL"] ?? "silent") !== "silent";

/** A terminal that cannot take a line back. Windows has terminals that can, and names none. */
const isDumb = (term: string | undefined): boolean =>
  !isWindows && (term === undefined || term === "" || term === "dumb");

/** Known on Linux only; elsewhere the terminal is taken to be ours. */
function isForeground(): boolean {
  const stat = readStat(process.pid);
  return stat === undefined || stat.terminal === 0 || stat.foregroundGroup === stat.group;
}
