import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { format, resolveConfig } from "prettier";
import type { Reporter, TestCase, TestModule, Vitest } from "vitest/node";
import { ROOT } from "../../helpers/files.ts";
import type { Result } from "./rows.ts";
import { rowsOf, withRows } from "./table.ts";

const PAGE = path.join(ROOT, "docs/compatibility.md");

/**
 * Writes the compatibility table if `WRITE_TABLE=1` is set. A run of some files replaces the rows of the clients that it met; a run
 * of all files replaces the table.
 */
export default class CompatibilityTable implements Reporter {
  #vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  async onTestRunEnd(modules: readonly TestModule[]): Promise<void> {
    if (process.env["WRITE_TABLE"] !== "1") return;
    const results = modules.flatMap((module) => [...module.children.allTests()].flatMap(resultOf));
    const files = readdirSync(path.join(ROOT, "test/clients")).filter((name) => name.endsWith(".test.ts"));
    const isPart = modules.length < files.length || this.#vitest?.config.testNamePattern !== undefined;
    const page = withRows(readFileSync(PAGE, "utf8"), rowsOf(results), isPart);
    const options = { ...(await resolveConfig(PAGE)), filepath: PAGE };
    writeFileSync(PAGE, await format(page, options));
  }
}

function resultOf(test: TestCase): readonly Result[] {
  const { client } = test.meta();
  if (client === undefined) return [];
  const state = { passed: "works", failed: "fails", skipped: "not run", pending: "not run" } as const;
  return [{ ...client, state: state[test.result().state] }];
}
