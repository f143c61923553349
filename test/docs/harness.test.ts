import { afterAll, beforeAll, expect, it } from "vitest";
import { checkOf } from "./check-block.ts";
import { anchorsOf, linksOf } from "./links.ts";
import { parsePage, type Block } from "./page.ts";
import { comparable } from "./printed.ts";
import { makeProject, type Project } from "./project.ts";

/** The blocks of a page, with `'''` for a fence. */
const blocksOf = (...lines: string[]) =>
  parsePage("docs/x.md", lines.join("\n").replaceAll("'''", "```")).blocks;

const agrees = (said: string, printed: string) => {
  const { expected, actual } = comparable(said, printed);
  return expected === actual;
};

it("finds blocks, and the comment that steers them", () => {
  const [plain, steered] = blocksOf(
    "'''sh",
    "true",
    "'''",
    "<!-- file: a.ts; env: A=1 B=2; exit: 65 -->",
    "",
    "'''ts",
    "a;",
    "'''",
  );
  expect(plain).toMatchObject({ line: 2, language: "sh", code: "true\n", steering: { exit: 0, env: {} } });
  expect(steered).toMatchObject({ line: 7, steering: { file: "a.ts", exit: 65, env: { A: "1", B: "2" } } });
});

it.each(["fiel: a.ts", "exit: sixty-five", "typecheck: passes", "env: A"])(
  "refuses to be steered by %s",
  (words) => {
    expect(() => blocksOf(`<!-- ${words} -->`, "'''sh", "'''")).toThrow(`docs/x.md:2: "${words}"`);
  },
);

it("compares what is printed but for what varies", () => {
  expect(agrees("took 1.2 s for $0.01, pid 12", "took 913 ms  for $0.0002,\npid 977\n")).toBe(true);
  expect(agrees("call … of 2 (x)", "call 4b3c of 2 (x)")).toBe(true);
  expect(agrees("tried 2 times", "tried 3 times")).toBe(false);
  expect(agrees("exit code 1", "exit code 1, and more")).toBe(false);
});

it("makes anchors as GitHub does, and sees no links in code", () => {
  const page = parsePage(
    "docs/x.md",
    "# `timeout`: a [call](a.md) ends\n# Twice\n# Twice\n`[no](b.md)` [yes](c.md#d)\n",
  );
  expect([...anchorsOf(page)]).toEqual(["timeout-a-call-ends", "twice", "twice-1"]);
  expect(linksOf(page).map(({ target }) => target)).toEqual(["a.md", "c.md#d"]);
});

it.each([
  ["an exit code", ["'''sh", "exit 3", "'''"]],
  ["a failing command before the last", ["'''sh", "false", "true", "'''"]],
  ["another output", ["'''console", "$ echo one", "two", "'''"]],
  ["an unexpected exit code of a step", ["'''console", "$ (exit 3)", "$ true", "'''"]],
  ["a module that throws", ["'''ts", "throw new Error('no');", "'''"]],
  ["JSON that is none", ["'''json", "{ a: 1 }", "'''"]],
  ["Python that is none", ["'''python", "def", "'''"]],
  ["a shell block that is only parsed", ["<!-- norun -->", "'''sh", "if true", "'''"]],
])("is red for %s", async (_, lines) => {
  const { expected, actual } = await checked(blocksOf(...lines)[0]);
  expect(actual).not.toEqual(expected);
});

it.each([
  ["an expected exit code", ["<!-- exit: 3 -->", "'''sh", "exit 3", "'''"]],
  ["variables and $? of an earlier step", ["'''console", "$ a=1; (exit 0)", "$ echo $a $?", "1 0", "'''"]],
  ["a module that imports the package", ["'''ts", 'import "hardcall";', "'''"]],
  ["the command line and the fake", ["'''sh", "npx hardcall claude --timeout 20s hello | grep .", "'''"]],
])("is green for %s", async (_, lines) => {
  const { expected, actual } = await checked(blocksOf(...lines)[0]);
  expect(actual).toEqual(expected);
});

let project: Project;
beforeAll(() => {
  project = makeProject();
});
afterAll(() => project.remove());

async function checked(block: Block | undefined) {
  if (block === undefined) throw new Error("the page has no block");
  const check = checkOf(block);
  if (check === undefined) throw new Error("the block is only shown");
  return check(project, block, undefined);
}
