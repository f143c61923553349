import path from "node:path";
import { EXIT } from "./interface/exit-code.ts";
import { parse } from "./interface/parse.ts";
import { FAKE_BIN } from "./interface/tools.ts";
import { print } from "./print.ts";
import { packageRoot } from "../core/package-root.ts";

/** Prints the folder that goes first on PATH in a test suite. */
export async function main(argv: readonly string[]): Promise<number> {
  parse(FAKE_BIN, argv).values();
  void print(`${path.join(packageRoot(), "fake-bin")}\n`);
  return EXIT.ok;
}
