import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

interface Found {
  readonly folder: string;
  readonly version: string;
}
interface Missing {
  readonly reason: string;
}

/** A program on PATH, and its version: the first number that `--version` prints. */
export async function commandOrReason(command: string, version?: string): Promise<Found | Missing> {
  const folders = (process.env["PATH"] ?? "").split(path.delimiter);
  const file = folders.map((folder) => path.join(folder, command)).find((each) => existsSync(each));
  if (file === undefined) return { reason: `no ${command} on this machine` };
  if (version !== undefined) return { folder: file, version };
  try {
    const flag = ["go", "bq"].includes(command) ? "version" : "--version";
    const { stdout } = await run(file, [flag], { timeout: 60_000 });
    return { folder: file, version: /\d+(\.\d+)+/.exec(stdout)?.[0] ?? "" };
  } catch (error) {
    return { reason: `${command} --version fails here: ${String(error).split("\n")[0]}` };
  }
}

/** The Pythons of this machine; the one on PATH comes first. */
function pythons(): readonly string[] {
  const versions = path.join(process.env["PYENV_ROOT"] ?? path.join(homedir(), ".pyenv"), "versions");
  const installed = existsSync(versions) ? readdirSync(versions).toSorted().toReversed() : [];
  return ["python3", ...installed.map((version) => path.join(versions, version, "bin/python3"))];
}

/** Prints the version of a module; ends with another code if it cannot be imported. */
const VERSION_OF = `import importlib, sys
module = importlib.import_module(sys.argv[1])
version = getattr(module, "__version__", None)
if version is None:
    from importlib.metadata import version as of
    version = of(sys.argv[1].replace(".", "-"))
print(version)`;

/** The first Python that can import a module. PYTHONPATH is heeded, so that a tester can add one. */
export async function moduleOrReason(module: string): Promise<Found | Missing> {
  for (const python of pythons()) {
    try {
      const { stdout } = await run(python, ["-c", VERSION_OF, module], { timeout: 60_000 });
      return { folder: python, version: stdout.trim() };
    } catch {
      // This Python is not there, or cannot import it: the next one may.
    }
  }
  return { reason: `no Python of this machine can import ${module}` };
}
