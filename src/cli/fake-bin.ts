import path from "node:path";
import { EXIT } from "./exit-code.ts";
import { print } from "./print.ts";
import { packageRoot } from "../core/package-root.ts";
import { refuseArguments } from "./usage.ts";

/** Prints the folder that goes first on PATH in a test suite. */
export async function main(argv: readonly string[]): Promise<number> {
  refuseArguments(argv);
  void print(`${path.join(packageRoot(), "fake-bin")}\n`);
  return EXIT.ok;
}
