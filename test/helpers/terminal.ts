import path from "node:path";
import { childEnv, OPEN, start, type Started } from "./run.ts";
import { fixture, ROOT } from "./files.ts";

const WITHIN_MS = 20_000;

type Order =
  | { readonly type: string }
  | { readonly columns: number }
  | { readonly reads: boolean }
  | { readonly continue: true };

/** What Node goes by, beside the terminal's name, to tell how many colours it has (`tty.WriteStream.getColorDepth`). */
const UNSET = Object.fromEntries(
  [
    "NO_COLOR",
    "FORCE_COLOR",
    "NODE_DISABLE_COLORS",
    "CI",
    "TEAMCITY_VERSION",
    "TERM_PROGRAM",
    "COLORTERM",
    "TMUX",
  ].map((name) => [name, undefined]),
);

/** `hardcall …` in a terminal, as a shell runs it for a person. Without python3 there is none. */
export class Terminal {
  readonly #started: Started;
  readonly #waiting = new Set<() => void>();
  #bytes = "";

  constructor(args: readonly string[], { columns = 80, env = {}, through = [] }: TerminalOptions = {}) {
    const command = [...through, process.execPath, path.join(ROOT, "src/cli.ts"), ...args];
    const settings = { ...UNSET, TERM: "xterm-256color", ...env };
    this.#started = start("python3", [fixture("terminal.py"), `${columns}`, ...command], {
      stdin: OPEN,
      env: childEnv(settings),
    });
    const decoder = new TextDecoder();
    this.#started.child.stdout?.on("data", (chunk: Buffer) => {
      this.#bytes += decoder.decode(chunk, { stream: true });
      for (const look of this.#waiting) look();
    });
  }

  /** Everything that the terminal got. */
  get bytes(): string {
    return this.#bytes;
  }

  /** What a person sees now. */
  get rows(): string[] {
    return rowsOf(this.#bytes);
  }

  order(order: Order): void {
    this.#started.child.stdin?.write(`${JSON.stringify(order)}\n`);
  }

  /** Waits until the terminal is as it should be. */
  async until(isRight: (terminal: Terminal) => boolean): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const look = () => {
      if (isRight(this)) resolve();
    };
    const timer = setTimeout(
      () => reject(new Error(`the terminal shows ${JSON.stringify(this.rows)}`)),
      WITHIN_MS,
    );
    this.#waiting.add(look);
    look();
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(look);
    }
  }

  /** @returns the exit code */
  async finished(): Promise<number | null> {
    return (await this.#started.finished).exitCode;
  }
}

interface TerminalOptions {
  readonly columns?: number;
  readonly env?: NodeJS.ProcessEnv;
  /** A command that starts it. */
  readonly through?: readonly string[];
}

/** The rows of a terminal without width that got these bytes: text, line breaks, "up", and "erase" of a line or of all below. */
function rowsOf(bytes: string): string[] {
  const rows: string[] = [""];
  let row = 0;
  let column = 0;
  // oxlint-disable-next-line no-control-regex
  for (const [token] of bytes.matchAll(/\u001B\[(\d*)[A-Za-z]|[^]/g)) {
    if (token === "\n") rows[++row] ??= "";
    else if (token === "\r") column = 0;
    else if (token.endsWith("A") && token.length > 1) row = Math.max(0, row - Number(token.slice(2, -1)));
    else if (token === "\u001B[K") rows[row] = rows[row]!.slice(0, column);
    else if (token === "\u001B[J") rows.splice(row, Infinity, rows[row]!.slice(0, column));
    else if (token.length === 1) {
      rows[row] = rows[row]!.slice(0, column).padEnd(column) + token + rows[row]!.slice(column + 1);
      column++;
    }
  }
  return rows;
}
