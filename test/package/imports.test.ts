import { statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { ROOT } from "../helpers/files.ts";
import { run } from "../helpers/run.ts";
import { EAGER, LATE_BUILTINS, LATE_IN_ROOT } from "./budgets.ts";

/** The URLs of all that a fresh process loads to import an entry; what its first turns load by themselves counts too. */
async function loadedBy(specifier: string): Promise<readonly string[]> {
  const program = `
    import { registerHooks } from "node:module";
    const urls = new Set();
    registerHooks({
      resolve(name, context, next) {
        const found = next(name, context);
        urls.add(found.url);
        return found;
      },
    });
    await import(${JSON.stringify(specifier)});
    await new Promise((done) => setTimeout(done, 20));
    console.log(JSON.stringify([...urls]));`;
  const end = await run(process.execPath, ["--input-type=module", "--eval", program]);
  expect(end.stderr).toBe("");
  return JSON.parse(end.stdout.toString()) as string[];
}

/** The package that a file of node_modules belongs to. */
const packageOf = (url: string) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];

test.each(Object.keys(EAGER))("importing %s loads what it must, and no more", async (specifier) => {
  const urls = await loadedBy(specifier);
  const { packages, ownBytes } = EAGER[specifier]!;
  const own = urls.filter((url) => url.startsWith("file:") && packageOf(url) === undefined);
  expect(own.length, "run npm run build first").toBeGreaterThan(0);
  expect(own.filter((url) => !fileURLToPath(url).startsWith(path.join(ROOT, "dist/")))).toEqual([]);
  expect([...new Set(urls.map(packageOf))].filter((name) => name !== undefined).toSorted()).toEqual(packages);
  const bytes = own.reduce((sum, url) => sum + statSync(fileURLToPath(url)).size, 0);
  expect(bytes, `the budget of ${specifier}, see test/package/budgets.ts`).toBeLessThan(ownBytes);
  if (specifier !== "hardcall/testing") expect(urls.filter((url) => LATE_BUILTINS.includes(url))).toEqual([]);
});

test("importing the root imports no module of Node that takes long", async () => {
  const urls = await loadedBy("hardcall");
  expect(urls.filter((url) => LATE_IN_ROOT.includes(url))).toEqual([]);
});
