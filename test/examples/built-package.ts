import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The package's root. The examples import the package by its name, as a user does, which is its build. */
export function builtPackage(): string {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  if (existsSync(path.join(root, "dist/cli.js"))) return root;
  throw new Error("There is no dist/ to run the examples against; run `npm run build` first.");
}
