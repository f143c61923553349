import path from "node:path";
import { EXIT } from "./interface/exit-code.ts";
import { parse } from "./interface/parse.ts";
import { AGENTS, FAKE_BIN } from "./interface/tools.ts";
import { UsageError } from "./interface/usage-error.ts";
import { print } from "./print.ts";
import { packageRoot } from "../core/package-root.ts";

/** Prints the folders that go first on PATH in a test suite, as PATH has them. */
export async function main(argv: readonly string[]): Promise<number> {
  const { operands, values } = parse(FAKE_BIN, argv);
  values();
  const agents = new Set(operands.length === 0 ? ["claude"] : operands);
  void print(`${[...agents].map(folderOf).join(path.delimiter)}\n`);
  return EXIT.ok;
}

/** The one of claude is the folder that the others are in. */
function folderOf(name: string): string {
  const agent = AGENTS.find((known) => known === name);
  if (agent === undefined)
    throw new UsageError(`there is no fake ${JSON.stringify(name)}; give ${AGENTS.join(", ")}`);
  return path.join(packageRoot(), "fake-bin", agent === "claude" ? "." : agent);
}
