import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Plugin } from "esbuild";
import { staticImports } from "./static-imports.ts";

const DYNAMIC = /\bimport\(\s*"(\.[^"]+)"\s*\)/g;
const SCHEME = "together:";

/** The files that a command loads in one step. */
export interface LoadStep {
  readonly name: string;
  readonly files: readonly string[];
}

/**
 * Makes few files of what a start of the command line waits for: to find and read another file takes 0.5 to 1 ms.
 *
 * esbuild makes a file of what exactly the same entries need, and each target of an `import()` is an entry. So every file of a step is
 * made to need all that the step needs:
 *
 * - In the first step an `import()` becomes a static import, and all other files import its entry, which comes first in any case.
 * - In a later step an `import()` of any of its files loads all of them.
 *
 * @param first begins with the program's entry
 */
export async function loadTogether(first: LoadStep, later: readonly LoadStep[]): Promise<Plugin> {
  const needs = await staticImports([first, ...later].flatMap(({ files }) => files));
  const [entry = ""] = first.files;
  const atFirst = needs(first.files);
  // Each would be a file of its own. `lateBuiltins` loads them when they are used.
  const builtins = later.flatMap(({ files }) => [...needs(files)]).filter((name) => name.startsWith("node:"));
  const stepOf = (file: string) =>
    atFirst.has(file) ? undefined : later.find(({ files }) => needs(files).has(file));
  return {
    name: "load-together",
    setup(build) {
      build.onResolve({ filter: /^together:/ }, ({ path: name }) => ({ path: name, namespace: "together" }));
      build.onLoad({ filter: /.*/, namespace: "together" }, ({ path: name }) => {
        const { files } = later.find((step) => SCHEME + step.name === name) as LoadStep;
        const lines = files.map(
          (file, at) => `export * as file${at} from ${JSON.stringify(path.resolve(file))};`,
        );
        return { contents: lines.join("\n"), resolveDir: path.resolve(".") };
      });
      build.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path: file }) => {
        const own = stepOf(path.relative(".", file));
        const isEntry = path.relative(".", file) === entry;
        const needed = isEntry ? builtins : [own === undefined ? path.resolve(entry) : SCHEME + own.name];
        const imports = needed.map((name) => `import ${JSON.stringify(name)};`);
        const text = (await readFile(file, "utf8")).replaceAll(DYNAMIC, (whole, to: string) => {
          const target = path.relative(".", path.resolve(path.dirname(file), to));
          if (first.files.includes(target)) {
            const name = `together${imports.length}`;
            imports.push(`import * as ${name} from ${JSON.stringify(to)};`);
            return `Promise.resolve(${name})`;
          }
          const step = later.find(({ files }) => files.includes(target));
          if (step === undefined) return whole;
          return `import("${SCHEME}${step.name}").then((all) => all.file${step.files.indexOf(target)})`;
        });
        return { contents: `${text}\n${imports.join("\n")}`, loader: "ts" };
      });
    },
  };
}
