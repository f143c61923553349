import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../helpers/files.ts";

/** Declarations, not re-exports: those are the same thing under the same name. */
const DECLARED =
  /^export (?:declare )?(?:async )?(?:abstract )?(?:function|class|interface|type|const|let) (\w+)/gm;

/** Each subcommand's file exports what the command line calls. */
const EVERYWHERE: ReadonlySet<string> = new Set(["main"]);

test("an exported name of src means one thing", () => {
  const files = new Map<string, Set<string>>();
  for (const file of globSync("**/*.ts", { cwd: path.join(ROOT, "src"), exclude: ["*/browser/**"] })) {
    const text = readFileSync(path.join(ROOT, "src", file), "utf8");
    for (const [, name = ""] of text.matchAll(DECLARED)) {
      files.set(name, (files.get(name) ?? new Set()).add(file));
    }
  }
  expect(files.size).toBeGreaterThan(500);
  const twice = [...files].filter(([name, where]) => where.size > 1 && !EVERYWHERE.has(name));
  expect(twice.map(([name, where]) => `${name}: ${[...where].join(", ")}`)).toEqual([]);
});
