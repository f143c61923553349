import { LedgerError } from "../database/errors.ts";
import { makeReport } from "../report/make-report.ts";
import { EXIT } from "./interface/exit-code.ts";
import { parse } from "./interface/parse.ts";
import { REPORT } from "./interface/tools.ts";
import { UsageError } from "./interface/usage-error.ts";
import { print } from "./print.ts";
import { placeOf, writeTo, type Place } from "./write-file.ts";

const MOST_DAYS = 3660;

/** `hardcall report --out FILE [--days N]`: one page that shows what ran and what came of it. */
export async function main(argv: string[]): Promise<number> {
  const { out, days, ledger } = parse(REPORT, argv).values();
  if (out === undefined) throw new UsageError("--out is missing; name the file, such as --out report.html");
  if (days < 1 || days > MOST_DAYS)
    throw new UsageError(`--days is ${days}; give a number from 1 to ${MOST_DAYS}`);
  const place = placeFor(out);
  let html: string;
  try {
    html = await makeReport({ ledger, days });
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    process.stderr.write(`hardcall: ${error.message}\n`);
    return error.code === "invalid_config" ? EXIT.usage : EXIT.ledger;
  }
  try {
    writeTo(place, html);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // A reader of a pipe may stop early.
    if (code === "EPIPE") return EXIT.ok;
    process.stderr.write(`hardcall: The report could not be written to --out: ${message}\n`);
    return EXIT.notWritten;
  }
  void print(`${out}\n`);
  return EXIT.ok;
}

/** The page comes whole or not at all, and for its owner's eyes: keys may name customers. @throws UsageError */
function placeFor(file: string): Place {
  try {
    return placeOf(file);
  } catch (error) {
    throw new UsageError(`--out cannot be written: ${(error as Error).message}`);
  }
}
