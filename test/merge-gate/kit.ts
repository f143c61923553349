import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

export const KIT = join(import.meta.dirname, "../../examples/merge-gate");
const MODULES = join(import.meta.dirname, "../../node_modules");

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function run(file: string, args: readonly string[], cwd: string): Ran {
  const { status, stdout, stderr, error } = spawnSync(file, args, { cwd, encoding: "utf8", timeout: 50_000 });
  if (error) throw error;
  return { code: status, stdout, stderr };
}

/** A program of the kit, from the kit itself. */
export const program = (name: string, args: readonly string[], cwd = KIT): Ran =>
  run(process.execPath, [join(KIT, "bin", `${name}.ts`), ...args], cwd);

export interface Repository {
  readonly folder: string;
  readonly write: (path: string, text: string) => void;
  readonly git: (...args: readonly string[]) => void;
  /** A program of the copied kit. */
  readonly program: (name: string, ...args: readonly string[]) => Ran;
}

/** An empty repository with the kit copied into it, as its README says; the packages come from here by a link. */
export function repository(): Repository {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "merge-gate-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const git = (...args: readonly string[]): void => {
    const identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"];
    const { code, stderr } = run("git", [...identity, ...args], folder);
    if (code !== 0) throw new Error(stderr);
  };
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  git("init", "-q", "-b", "main");
  cpSync(KIT, join(folder, "merge-gate"), {
    recursive: true,
    filter: (source) => !source.endsWith("node_modules"),
  });
  symlinkSync(MODULES, join(folder, "merge-gate/node_modules"));
  write(".gitignore", "node_modules\n");
  git("add", ".");
  git("commit", "-qm", "The kit");
  return {
    folder,
    write,
    git,
    program: (name, ...args) => run(process.execPath, [`merge-gate/bin/${name}.ts`, ...args], folder),
  };
}
