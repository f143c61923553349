import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { tempFolder } from "../helpers/files.ts";
import { openDeclarations } from "./declarations.ts";
import { surface } from "./surface.ts";

/** A package of two entries with a private base, a private generic type and one that both are made of. */
const FILES = {
  "index.d.ts": `export type { Options } from "./parts/options.ts";\nexport { run } from "./run.ts";`,
  "extra.d.ts": `import type { Options } from "./parts/options.ts";
    /** Runs it again. */
    export declare function again(options: Options): void;`,
  "run.d.ts": `import type { Options } from "./parts/options.ts";
    import type { Answer } from "./private.ts";
    export declare function run(options: Options): Promise<Answer<string>>;
    export declare function run(options: Options, times: number): Promise<Answer<string>[]>;
    export declare function helper(): void;`,
  "private.d.ts": `export interface Base { readonly deadline?: number | undefined; }
    /** What came back. */
    export type Answer<Value> = { readonly value: Value; readonly at: Deep } | undefined;
    interface Deep { readonly seconds: number; }`,
  "parts/options.d.ts": `import type { Base } from "../private.ts";
    export interface Options extends Base { readonly name: string; }`,
};

async function surfaces(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const folder = tempFolder();
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }
  using declarations = openDeclarations({
    folder,
    entries: new Map([
      ["pack", "index.d.ts"],
      ["pack/extra", "extra.d.ts"],
    ]),
  });
  return await Promise.all(["pack", "pack/extra"].map((specifier) => surface(declarations, specifier)));
}

it("shows what is exported, with the members that private declarations give to it", async () => {
  expect(await surfaces(FILES)).toEqual([
    `interface Options {
  readonly deadline?: number | undefined;
  readonly name: string;
}
declare function run(options: Options): Promise<{ readonly value: string; readonly at: Internal } | undefined>;
declare function run(options: Options, times: number): Promise<({ readonly value: string; readonly at: Internal } | undefined)[]>;
`,
    "declare function again(options: pack.Options): void;\n",
  ]);
});

it("does not change when a private declaration is renamed and moved to another file", async () => {
  const { "private.d.ts": kept, "parts/options.d.ts": options, ...others } = FILES;
  const moved = {
    ...others,
    "private.d.ts": kept.replace(/export interface Base .*/, ""),
    "core/limits.d.ts": "export interface Limits { readonly deadline?: number | undefined; }",
    "parts/options.d.ts": options.replace("../private.ts", "../core/limits.ts").replaceAll("Base", "Limits"),
  };
  expect(await surfaces(moved)).toEqual(await surfaces(FILES));
});

it("changes with an option that is inherited from a private declaration", async () => {
  const changed = { ...FILES, "private.d.ts": FILES["private.d.ts"].replace("deadline?:", "deadline:") };
  expect((await surfaces(changed))[0]).toContain("  readonly deadline: number | undefined;\n");
});

it("does not change with the words of a comment", async () => {
  const reworded = {
    ...FILES,
    "private.d.ts": FILES["private.d.ts"].replace("What came back", "The answer"),
  };
  expect(await surfaces(reworded)).toEqual(await surfaces(FILES));
});
