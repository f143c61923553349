import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { importsIn, show } from "../architecture/imports.ts";
import { ROOT } from "../helpers/files.ts";

const page = readFileSync(path.join(ROOT, "docs/architecture.md"), "utf8");

/** The picture of the floors, from the ground; `index.ts` and `cli.ts` lie on top of it. */
const floors = (/^```text\n index\.ts[^\n]*\n([\s\S]*?)^```$/m.exec(page)?.[1] ?? "")
  .trimEnd()
  .split("\n")
  .map((line) => [...line.matchAll(/([\w-]+)\//g)].map(([, folder]) => folder as string))
  .toReversed();

/** The rows of the table: what each folder may import. */
const allowed = new Map(
  [...page.matchAll(/^\| `([\w-]+)\/` +\|.*\| ([^|]+?) +\|$/gm)].map(([, folder = "", words = ""]) => {
    const below = floors
      .slice(
        0,
        floors.findIndex((floor) => floor.includes(folder)),
      )
      .flat();
    const named = [...words.matchAll(/`([\w-]+)\/`/g)].map(([, name]) => name as string);
    return [folder, words === "the floors below" ? below : named] as const;
  }),
);

const top = (file: string) => file.split("/")[0] as string;

describe("docs/architecture.md", () => {
  it("has a row for every folder of the picture, and the picture has no other", () => {
    expect(new Set(allowed.keys())).toEqual(new Set(floors.flat()));
    expect(floors.flat().length).toBeGreaterThan(10);
  });

  it("names what each folder of src imports", () => {
    const imports = importsIn(path.join(ROOT, "src")).filter(
      ({ from, to }) =>
        from.includes("/") && top(from) !== top(to) && !/^(?:report|dashboard)\/browser\//.test(from),
    );
    expect(imports.length).toBeGreaterThan(100);
    expect(
      imports.filter(({ from, to }) => allowed.get(top(from))?.includes(top(to)) !== true).map(show),
    ).toEqual([]);
  });

  it("names files and folders that are there", () => {
    const named = [...page.matchAll(/`((?:src|test|fake-bin)\/[\w./-]*)`/g)].map(
      ([, file]) => file as string,
    );
    expect(named.filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([]);
  });
});
