import type { Logger } from "../core/logger.ts";
import { notifyListener } from "../core/listener.ts";

/** Rows of the journal that are lost, or may be. */
export interface JournalTrouble {
  /** What the ledger said last. */
  readonly error?: unknown;
  /** How many rows are lost for good; 0 while all are kept for another try. */
  readonly lost: number;
  /** The process ends with it: no warning of Node's would come out any more. */
  readonly atExit?: boolean;
  readonly logger?: Logger | undefined;
}

let warn = (message: string): unknown => process.emitWarning(message, "HardcallWarning");

/** The command line has its own lines on stderr. */
export function tellTroubleBy(tell: (message: string) => unknown): void {
  warn = tell;
}

const said = new Set<"late" | "lost">();

/** Says once per process that rows wait for their ledger, and once that some are lost. No call fails because of it. */
export function tellTrouble({ error, lost, atExit = false, logger }: JournalTrouble): void {
  const what = lost === 0 ? "late" : "lost";
  if (said.has(what)) return;
  said.add(what);
  const message = sentenceOf(error, lost);
  const tell = () => (atExit ? process.stderr.write(`hardcall: ${message}\n`) : warn(message));
  if (logger === undefined) tell();
  else notifyListener(() => logger.warn({ journal: what, rows: lost }, message), tell);
}

function sentenceOf(error: unknown, lost: number): string {
  const why = error instanceof Error ? ` ${error.message}` : "";
  if (lost === 0) {
    return `The journal cannot be written now; hardcall keeps its rows and tries again. No call fails because of it.${why}`;
  }
  return `${lost} ${lost === 1 ? "row" : "rows"} of the journal could not be written: "hardcall ledger list" and the report do not show how these calls ended. The calls themselves are not affected.${why}`;
}
