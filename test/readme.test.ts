import { existsSync, globSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = path.resolve(import.meta.dirname, "..");
const readme = readFileSync(path.join(ROOT, "README.md"), "utf8");

/** Without indentation, so that a block may stand inside a function. */
const flat = (text: string) => text.replaceAll(/^[ \t]+/gm, "").trim();

describe("the README", () => {
  const compiled = globSync(["examples/**/*.{ts,mts}", "test/**/*.ts"], {
    cwd: ROOT,
    exclude: ["**/node_modules/**"],
  })
    .map((file) => flat(readFileSync(path.join(ROOT, file), "utf8")))
    .join("\n");
  const blocks = [...readme.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code as string);

  it.each(blocks.map((code) => [code.split("\n").find((line) => line.trim() !== "") ?? "", code]))(
    "has code that is compiled and run elsewhere: %s",
    (_, code) => {
      expect(compiled.includes(flat(code))).toBe(true);
    },
  );

  const tests = [...new Set([...readme.matchAll(/`(test\/[\w./-]+)`/g)].map(([, file]) => file as string))];

  it.each(tests)("names a test that is there: %s", (file) => {
    expect(existsSync(path.join(ROOT, file))).toBe(true);
  });

  it("names tests at all", () => {
    expect(blocks.length).toBeGreaterThan(1);
    expect(tests.length).toBeGreaterThan(5);
  });
});
