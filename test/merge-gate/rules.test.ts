import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { KIT, run } from "./kit.ts";

const AST_GREP = join(KIT, "../../node_modules/.bin/ast-grep");
const yaml = (folder: string) =>
  readdirSync(join(KIT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".yml"))
    .flatMap((file) => readFileSync(join(KIT, folder, file), "utf8").split(/^---$/m));
const id = (text: string) => /^id: (.+)$/m.exec(text)?.[1];

test("every rule finds the incidents' snippets and leaves their repaired forms alone", () => {
  const { code, stdout, stderr } = run(
    AST_GREP,
    ["test", "-c", "sgconfig.yml", "--skip-snapshot-tests"],
    KIT,
  );
  expect(stdout + stderr).toContain("0 failed");
  expect(code).toBe(0);
});

test("every rule has a test of both, a message and a note, and is in the README", () => {
  const rules = yaml("rules");
  const tests = new Map(yaml("rule-tests").map((text) => [id(text), text]));
  const readme = readFileSync(join(KIT, "README.md"), "utf8");
  expect(rules.length).toBeGreaterThan(10);
  for (const rule of rules) {
    expect([...tests.keys()]).toContain(id(rule));
    expect(tests.get(id(rule))).toMatch(/^invalid:[^]*^valid:/m);
    expect(rule).toMatch(/^message: /m);
    expect(rule).toMatch(/^note: /m);
    expect(readme).toContain(`\`${id(rule)}\``);
  }
});
