import { mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { files } from "../../src/sentinel/count/files.ts";
import { newestFiles, type FilesToFind } from "../../src/sentinel/count/newest-files.ts";
import { START, World } from "./world.ts";

const FILES = 300;
const KEPT = { first: 5, later: 20 };

/** So many files, of which each two have one time. */
function fill(folder: string): void {
  for (let file = 0; file < FILES; file++) {
    const name = path.join(folder, String(file % 7), `2026-01-01 ${file}.md`);
    mkdirSync(path.dirname(name), { recursive: true });
    writeFileSync(name, `post ${file}`);
    utimesSync(name, 1000 + (file >> 1), 1000 + (file >> 1));
  }
}

const wanted = (cwd: string, more: Partial<FilesToFind> = {}): FilesToFind => ({
  cwd,
  pattern: "**/*.md",
  minBytes: 1,
  dated: undefined,
  signal: new AbortController().signal,
  ...more,
});

it("files come the newest first, each once, and no more than a few are remembered at a time", async () => {
  using world = new World();
  fill(world.folder);
  const parts: number[][] = [];
  const names = new Set<string>();
  for await (const part of newestFiles(wanted(world.folder), KEPT)) {
    parts.push(part.map(({ at }) => at));
    for (const { name } of part) names.add(name);
  }
  expect(parts.map((part) => part.length)).toEqual([5, ...Array.from({ length: 14 }, () => 20), 15]);
  expect(parts.flat()).toEqual(parts.flat().toSorted((one, other) => other - one));
  expect(names.size).toBe(FILES);
});

it("files of one date come each once, too", async () => {
  using world = new World();
  fill(world.folder);
  const names: string[] = [];
  for await (const part of newestFiles(wanted(world.folder, { dated: /(\d{4}-\d\d-\d\d)/u }), KEPT)) {
    names.push(...part.map(({ name }) => name));
  }
  expect(new Set(names).size).toBe(FILES);
  expect(names).toHaveLength(FILES);
});

it("a name with a date counts only if a file that is large enough has it", async () => {
  using world = new World();
  mkdirSync(path.join(world.folder, "2026-11-01 folder.md"));
  writeFileSync(path.join(world.folder, "2026-11-02 empty.md"), "");
  writeFileSync(path.join(world.folder, "2026-11-03 small.md"), "1");
  writeFileSync(path.join(world.folder, "2026-11-04 large.md"), "12345");
  // Neither of these counts, so that they have no date is no fault.
  writeFileSync(path.join(world.folder, "small.md"), "1");
  mkdirSync(path.join(world.folder, "folder.md"));
  const count = files({
    files: "*.md",
    cwd: world.folder,
    minBytes: 5,
    dateInName: "(\\d{4}-\\d\\d-\\d\\d)",
  });
  const context = { signal: new AbortController().signal, remainingMs: 10_000, enough: 1 };
  expect(await count(context)).toMatchObject([{ at: Date.UTC(2026, 10, 4) }]);
  writeFileSync(path.join(world.folder, "dateless.md"), "12345");
  await expect(count(context)).rejects.toThrow("dateInName finds no date in the name of a file");
});

it("a walk ends when the count is over", async () => {
  using world = new World();
  world.now = START;
  fill(world.folder);
  const signal = AbortSignal.abort(new Error("over"));
  await expect(newestFiles(wanted(world.folder, { signal }), KEPT).next()).rejects.toThrow("over");
});

it("a folder that is deleted beside the others is passed over", async () => {
  using world = new World();
  fill(world.folder);
  rmSync(path.join(world.folder, "3"), { recursive: true });
  const { value } = await newestFiles(wanted(world.folder), { first: FILES, later: FILES }).next();
  expect(value).toHaveLength(FILES - Math.ceil((FILES - 3) / 7));
});
