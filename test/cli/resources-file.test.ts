import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { resourceNamed, resourcesFile } from "../../src/cli/resources-file.ts";
import { FileError, UsageError } from "../../src/cli/interface/usage-error.ts";
import { tempFolder } from "../helpers/files.ts";

function fileWith(content: string): string {
  const file = path.join(tempFolder(), "limits.json");
  writeFileSync(file, content);
  return file;
}

const read = (content: unknown) => {
  const file = fileWith(typeof content === "string" ? content : JSON.stringify(content));
  return resourcesFile({ HARDCALL_RESOURCES: file });
};

/** The mistakes that it names, without the head. */
function mistakes(content: unknown): string[] {
  try {
    read(content);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    const [first = "", ...rest] = error.message.split("\n- ");
    expect(first).toMatch(/^Invalid configuration \/.*limits\.json:/);
    return rest.length > 0 ? rest : [first.replace(/^.*limits\.json: /, "")];
  }
  return [];
}

describe("a file of resources", () => {
  test("gives them by their names", () => {
    const file = read({
      $schema: "./node_modules/hardcall/resources.schema.json",
      resources: {
        anthropic: { concurrency: 3, rate: { starts: 50, per: "1h" } },
        "big-query": { concurrency: 1 },
      },
    });
    expect([...(file?.resources.keys() ?? [])]).toEqual(["anthropic", "big-query"]);
    expect(file?.resources.get("anthropic")?.name).toBe("anthropic");
  });

  test("may begin with a byte order mark, and have no resource yet", () => {
    expect(read(`\uFEFF{ "resources": {} }`)?.resources.size).toBe(0);
  });

  test.each([
    ["no JSON", "{ resources: {} }", /^it is not JSON: .*line 1/],
    ["a list", [], /^it is a list; it must be an object that has "resources"$/],
    [
      "nothing",
      {},
      /^"resources" is missing; write \{ "resources": \{ "anthropic": \{ "concurrency": 3 \} \} \}$/,
    ],
    [
      "a list of them",
      { resources: [] },
      /^resources is a list; it must be an object that has a member for each resource/,
    ],
    [
      "a word misspelt",
      { ressources: {}, resources: {} },
      /^ressources is not a member of this file; did you mean "resources"\?$/,
    ],
    [
      "a word more",
      { limits: 1, resources: {} },
      /^limits is not a member of this file; it has "resources"$/,
    ],
    [
      "a resource that is none",
      { resources: { a: 3 } },
      /^resources\.a is 3; it must be an object of limits/,
    ],
    [
      "a name inside",
      { resources: { a: { name: "b", concurrency: 1 } } },
      /^resources\.a\.name is not an option here/,
    ],
    [
      "a name twice",
      '{"resources":{"a":{"concurrency":1},"a":{"concurrency":9}}}',
      /^resources\.a is there twice; keep one of them$/,
    ],
    [
      "a limit misspelt",
      { resources: { a: { concurency: 1 } } },
      /^resources\.a: concurency is not an option; /,
    ],
    ["a zero", { resources: { a: { concurrency: 0 } } }, /^resources\.a: concurrency is 0; /],
    [
      "a zero inside",
      { resources: { a: { rate: { starts: 0, per: "1h" } } } },
      /^resources\.a: rate\.starts is 0; /,
    ],
    ["a name in capitals", { resources: { Anthropic: { concurrency: 1 } } }, /^resources\.Anthropic: name /],
    ["no limit", { resources: { a: {} } }, /^resources\.a: no limit is given; give at least one of /],
    ["a number as text", { resources: { a: { concurrency: "3" } } }, /^resources\.a: concurrency /],
  ])("with %s is refused", (_, content, sentence) => {
    expect(mistakes(content)).toEqual([expect.stringMatching(sentence)]);
  });

  test("is refused with every mistake at once", () => {
    const problems = mistakes(
      '{"limits":1,"resources":{"a":{"concurrency":0},"b":{"budget":{"usd":0,"per":"1d"}},"c":3,"c":{"concurrency":1}}}',
    );
    expect(problems.map((problem) => problem.split(" ")[0])).toEqual([
      "resources.c",
      "limits",
      "resources.a:",
      "resources.b:",
    ]);
  });

  test("that cannot be read is refused", () => {
    const folder = tempFolder();
    expect(() => resourcesFile({ HARDCALL_RESOURCES: folder })).toThrow(
      new FileError(`Invalid configuration ${folder}: it cannot be read (EISDIR)`),
    );
    expect(() => resourcesFile({ HARDCALL_RESOURCES: `${folder}/none.json` })).toThrow(
      new FileError(`Invalid configuration ${folder}/none.json: it cannot be read (ENOENT)`),
    );
    expect(() => resourcesFile({ HARDCALL_RESOURCES: " " })).toThrow(
      new FileError("HARDCALL_RESOURCES is blank; unset it, or name the file that defines the resources"),
    );
  });

  test("is found in the home folder, where nothing has replaced the ~", () => {
    const home = tempFolder();
    mkdirSync(path.join(home, "etc"));
    writeFileSync(path.join(home, "etc/limits.json"), '{"resources":{}}');
    const found = resourcesFile({ HARDCALL_RESOURCES: "~/etc/limits.json", HOME: home });
    expect(found?.path).toBe(path.join(home, "etc/limits.json"));
  });
});

describe("a resource by its name", () => {
  const env = { HARDCALL_RESOURCES: "" };
  const named = (name: string, resources: object, reportsCost = true) => {
    env.HARDCALL_RESOURCES = fileWith(JSON.stringify({ resources }));
    return () => resourceNamed(name, reportsCost, env);
  };

  test("is the one of the file", () => {
    expect(named("a", { a: { concurrency: 1 } })().name).toBe("a");
  });

  test("that is not in the file: the nearest, and those that are", () => {
    const two = { anthropic: { concurrency: 1 }, bigquery: { concurrency: 2 } };
    expect(named("antropic", two)).toThrow(
      new UsageError(
        `--resource "antropic" is not in ${env.HARDCALL_RESOURCES}; did you mean "anthropic"? It has anthropic and bigquery`,
      ),
    );
    expect(named("x", two)).toThrow(/limits\.json; it has anthropic and bigquery$/);
    expect(named("x", {})).toThrow(/limits\.json, which has none$/);
  });

  test("with a budget, for a command, which tells no cost", () => {
    const budget = { usd: 25, per: "1d" };
    expect(named("a", { a: { budget } }, false)).toThrow(
      new FileError(
        `Invalid configuration ${env.HARDCALL_RESOURCES}: resources.a has a budget, and commands, codex and gemini do not report what they cost; ` +
          'add "cost", the US dollars of one attempt, or leave the budget out',
      ),
    );
    expect(named("a", { a: { budget, cost: 0.5 } }, false)().name).toBe("a");
    expect(named("a", { a: { budget } })().name).toBe("a");
  });
});
