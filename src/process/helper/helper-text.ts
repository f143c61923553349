import { readFileSync } from "node:fs";

let text: string | undefined | null = null;

/**
 * The helper's program. It is read once: an upgrade may replace or remove the file while this process runs, and the new one may read orders
 * otherwise. `undefined` in a bundle that another program made: it does not have that file.
 */
export function helperText(): string | undefined {
  if (text === null) text = readText();
  return text;
}

function readText(): string | undefined {
  const isSource = import.meta.url.endsWith(".ts");
  const file = new URL(isSource ? "./program.ts" : "./spawn-helper.js", import.meta.url);
  if (isSource) return `import ${JSON.stringify(file.href)};`;
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
