import path from "node:path";
import { describe, expect, test } from "vitest";
import { ROOT } from "../helpers/files.ts";
import { circles, importsIn, show, type Import } from "./imports.ts";

/** The floors of `src`, from the ground. Folders on one floor do not import each other. */
const FLOORS: readonly (readonly string[])[] = [
  ["core"],
  ["database"],
  ["process"],
  ["ledger"],
  ["resources", "journal"],
  ["telemetry"],
  ["callees"],
  ["evidence"],
  ["call"],
  ["dedupe", "bigquery", "postgres", "pg-boss", "sentinel", "otel", "testing"],
  ["report", "dashboard"],
  ["cli"],
  // The package's entries: index.ts and cli.ts.
  ["."],
];

/** What a folder may not import although it lies on a lower floor: the table in docs/architecture.md. */
const NOT: Readonly<Record<string, readonly string[]>> = {
  process: ["database"],
  telemetry: ["database", "process"],
};

/** Plain scripts for a browser, with a build of their own. */
const OTHER = ["report/browser/", "dashboard/browser/"];

const top = (file: string) => (file.includes("/") ? (file.split("/")[0] as string) : ".");
const floorOf = (file: string) => FLOORS.findIndex((floor) => floor.includes(top(file)));

/** The imports that lead up, or sideways to another folder of the same floor. */
const upward = (imports: readonly Import[]) =>
  imports
    .filter(({ from, to }) => top(from) !== top(to))
    .filter(({ from, to }) => floorOf(to) >= floorOf(from) || NOT[top(from)]?.includes(top(to)) === true)
    .map(show);

describe("the floors of src", () => {
  const imports = importsIn(path.join(ROOT, "src")).filter(
    ({ from }) => !OTHER.some((folder) => from.startsWith(folder)),
  );

  test("every folder is on a floor", () => {
    const folders = new Set(imports.flatMap(({ from, to }) => [top(from), top(to)]));
    expect([...folders].filter((folder) => !FLOORS.flat().includes(folder))).toEqual([]);
    expect(FLOORS.flat().filter((folder) => !folders.has(folder))).toEqual([]);
  });

  test("folders import downwards only", () => {
    expect(upward(imports)).toEqual([]);
  });

  test("no folder imports itself by way of another", () => {
    expect(circles(imports, (file) => path.dirname(file))).toEqual([]);
  });

  test("no file imports itself by way of another", () => {
    expect(circles(imports, (file) => file)).toEqual([]);
  });
});

describe("the test itself", () => {
  const deliberate: Import = { from: "core/duration.ts", to: "call/define-call.ts", names: "type { Call }" };

  test("sees an upward import, a type's too, and names file and import", () => {
    expect(upward([deliberate])).toEqual(["core/duration.ts → call/define-call.ts type { Call }"]);
    expect(upward([{ from: "otel/a.ts", to: "sentinel/b.ts", names: "{ b }" }])).toHaveLength(1);
    expect(upward([{ from: "call/define-call.ts", to: "core/duration.ts", names: "{ Duration }" }])).toEqual(
      [],
    );
  });

  test("sees a circle of files inside a folder, and of folders", () => {
    const back: Import = { from: "core/b.ts", to: "core/a.ts", names: "{ a }" };
    const there: Import = { from: "core/a.ts", to: "core/b.ts", names: "{ b }" };
    expect(circles([there, back], (file) => file)).toHaveLength(1);
    const down: Import = { from: "ledger/store/a.ts", to: "ledger/key/b.ts", names: "{ b }" };
    const up: Import = { from: "ledger/key/c.ts", to: "ledger/store/d.ts", names: "{ d }" };
    expect(circles([down, up], (file) => file)).toEqual([]);
    expect(circles([down, up], (file) => path.dirname(file))).toHaveLength(1);
  });

  test("reads every way to import", () => {
    const folder = path.join(ROOT, "test/architecture");
    const own = importsIn(folder, "floors.test.ts").map(({ to }) => to);
    expect(own).toContain("imports.ts");
    expect(importsIn(path.join(ROOT, "src"), "index.ts").length).toBeGreaterThan(20);
    const dynamic = importsIn(path.join(ROOT, "src")).filter(({ names }) => names === "*");
    expect(dynamic.map(({ to }) => to)).toContain("process/run-process.ts");
  });
});
