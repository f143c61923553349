import { helpFor } from "./help/help.ts";
import { HELP } from "./interface/tools.ts";
import { parse } from "./interface/parse.ts";
import { EXIT } from "./interface/exit-code.ts";
import { print } from "./print.ts";

/** `hardcall help`, `hardcall help ledger resolve`, `hardcall help exit-codes` */
export async function main(argv: readonly string[]): Promise<number> {
  void print(helpFor(parse(HELP, argv).operands));
  return EXIT.ok;
}
