import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openDeclarations, type Declarations } from "./declarations.ts";
import { surface } from "./surface.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const { name, exports } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as {
  readonly name: string;
  readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
};
/** The entries that have declarations. */
const ENTRIES = new Map(
  Object.entries(exports).flatMap(([subpath, target]) =>
    typeof target === "string"
      ? []
      : [[path.posix.join(name, subpath), path.relative("dist", target.types)] as const],
  ),
);

let declarations: Declarations;
beforeAll(() => {
  declarations = openDeclarations({ folder: path.join(ROOT, "dist"), entries: ENTRIES });
});
afterAll(() => declarations[Symbol.dispose]());

it.each([...ENTRIES.keys()])(
  "%s exports what it did: after a change that is meant, build, then run vitest test/api --update",
  async (specifier) => {
    expect(declarations.exportsOf.get(specifier)!.size, "run npm run build first").toBeGreaterThan(0);
    const file = path.join(import.meta.dirname, `${path.basename(specifier)}.snapshot.txt`);
    await expect(await surface(declarations, specifier)).toMatchFileSnapshot(file);
  },
);
