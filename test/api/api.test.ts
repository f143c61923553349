import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";

const ROOT = path.resolve(import.meta.dirname, "../..");
const { exports } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as {
  exports: Record<string, string | { readonly types: string; readonly default: string }>;
};

/** The declarations of an entry and of all that it mentions, each once, in the order in which they are reached. */
function declarations(entry: string): string {
  const seen = new Set<string>();
  const texts: string[] = [];
  const visit = (file: string) => {
    if (seen.has(file)) return;
    seen.add(file);
    const text = readFileSync(file, "utf8");
    texts.push(`// ${path.relative(ROOT, file)}\n${text}`);
    for (const [, name] of text.matchAll(/from "(\.[^"]+)"/g)) {
      visit(path.resolve(path.dirname(file), name!.replace(/\.[jt]s$/, ".d.ts")));
    }
  };
  visit(entry);
  return texts.join("\n");
}

it("has been built", () => {
  expect(existsSync(path.join(ROOT, "dist/index.d.ts")), "run npm run build first").toBe(true);
});

it.each(Object.entries(exports).filter(([, target]) => typeof target === "object"))(
  "the declarations of hardcall%s are as they were: after a change that is meant, run vitest -u",
  async (subpath, target) => {
    const { types } = target as { readonly types: string };
    const name = subpath === "." ? "hardcall" : path.basename(subpath);
    const text = declarations(path.join(ROOT, types));
    await expect(text).toMatchFileSnapshot(path.join(import.meta.dirname, `${name}.snapshot.txt`));
  },
);
