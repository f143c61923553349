import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

/** The package's root. The examples use the package by its name, as a user does, which is its build. */
export function builtPackage(): string {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  if (existsSync(path.join(root, "dist/cli.js"))) return root;
  throw new Error("There is no dist/ to run the examples against; run `npm run build` first.");
}

export interface Ended {
  readonly code: number | string | null | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder of a user's, with `hardcall` and the fake claude on PATH; gone when the test is over. */
export function userMachine() {
  const root = builtPackage();
  const folder = mkdtempSync(path.join(tmpdir(), "hardcall-example-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const bin = path.join(folder, "bin");
  const state = path.join(folder, "state");
  const home = path.join(folder, "home");
  for (const name of [bin, state, home]) mkdirSync(name);
  symlinkSync(path.join(root, "dist/cli.js"), path.join(bin, "hardcall"));
  const env = {
    ...process.env,
    PATH: [bin, path.join(root, "fake-bin"), process.env["PATH"]].join(path.delimiter),
    FAKE_CLAUDE_STATE_DIR: state,
    FAKE_CLAUDE_MAX_LIFETIME_MS: "20000",
  };
  const run = (file: string, args: readonly string[], options: Run = {}): Promise<Ended> =>
    new Promise((resolve) => {
      const child = execFile(
        file,
        args,
        { cwd: options.cwd ?? home, env: { ...env, ...options.env }, timeout: 55_000 },
        (error, stdout, stderr) =>
          resolve({ code: error === null ? 0 : (error.code ?? error.signal), stdout, stderr }),
      );
      child.stdin?.end();
    });
  return { root, home, run };
}

interface Run {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}
