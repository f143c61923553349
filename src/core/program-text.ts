import { readFileSync } from "node:fs";

/**
 * A program of hardcall's that runs in a process of its own, as a text for Node. The build makes one file of it, which needs no other. It
 * is read once: an upgrade may replace or remove the file while this process runs, and the two must understand each other.
 *
 * @param beside `import.meta.url` of the file that asks
 * @param source the program in the source, relative to that file
 * @param built the program in the built package
 * @returns a function that gives the text; `undefined` in a bundle that another program made, which does not have the file. It throws the
 *   system's error if the file cannot be read, and then reads it anew the next time
 */
export function programText(beside: string, source: string, built: string): () => string | undefined {
  let text: string | undefined | null = null;
  return () => {
    if (text === null)
      text = beside.endsWith(".ts") ? importOf(new URL(source, beside)) : read(new URL(built, beside));
    return text;
  };
}

const importOf = ({ href }: URL) => `import ${JSON.stringify(href)};`;

function read(file: URL): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
