import { execFile } from "node:child_process";
import path from "node:path";
import { ROOT } from "../helpers/files.ts";
import { save } from "./project.ts";

const OPTIONS = {
  module: "nodenext",
  target: "es2024",
  lib: ["es2024", "esnext.disposable"],
  types: ["node"],
  strict: true,
  noEmit: true,
  erasableSyntaxOnly: true,
  allowImportingTsExtensions: true,
  skipLibCheck: true,
};

/** What tsc says of the files in a folder, a line each. It exits with 0, or with 1 or 2 if there are problems. */
export function compile(folder: string, include: readonly string[]): Promise<string[]> {
  save(folder, "tsconfig.json", JSON.stringify({ compilerOptions: OPTIONS, include }));
  const tsc = path.join(ROOT, "node_modules/.bin/tsc");
  return new Promise((resolve, reject) => {
    execFile(tsc, ["-p", ".", "--pretty", "false"], { cwd: folder, timeout: 50_000 }, (error, stdout) => {
      const problems = stdout.split("\n").filter((line) => /^\S/.test(line));
      if (error !== null && problems.length === 0) reject(error);
      else resolve(problems);
    });
  });
}
