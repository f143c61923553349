import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { FOLDER_NAMES, type Folders } from "./machine.ts";

const ROOT = path.join(import.meta.dirname, "../../..");

/** Copied beside the installed package, at the same paths as here. The sources have fault points that the package lacks. */
const COPIED = ["test/windows", "test/helpers", "test/call/guard", "src"];

/** A folder in which the packed package is installed as a user on Windows has it, and which holds the tests. */
export async function installApp(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await npm(["pack", ROOT, "--ignore-scripts", "--pack-destination", folder], folder);
  const packed = readdirSync(folder).find((name) => name.endsWith(".tgz"))!;
  writeFileSync(path.join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  // Another system's dependencies, such as the prebuilt FFI, come only if npm is told which system it is.
  const system = process.platform === "win32" ? [] : ["--os=win32", "--cpu=x64"];
  const options = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--no-package-lock"];
  await npm(["install", ...system, ...options, `./${packed}`], folder);
  rmSync(path.join(folder, packed));
  for (const copied of COPIED)
    cpSync(path.join(ROOT, copied), path.join(folder, copied), { recursive: true });
  await bundle("test/call/guard/fixtures/host.ts", folder);
}

/** A program of many source files that is started often, as one file beside it: Wine loads each file slowly. */
async function bundle(program: string, folder: string): Promise<void> {
  await build({
    entryPoints: [path.join(ROOT, program)],
    outfile: path.join(folder, program.replace(/\.ts$/, ".js")),
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node22",
    // What is loaded only where it is installed.
    external: ["@koromix/*", "pg", "pg-boss", "@google-cloud/*", "@opentelemetry/*"],
    banner: {
      js: 'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);',
    },
    logLevel: "warning",
  });
}

/** Copies an installed app into a machine: whole, and without the dependency that Job Objects need. */
export function copyApp(app: string, into: string): Folders {
  const complete = path.join(into, FOLDER_NAMES.complete);
  const withoutKoffi = path.join(into, FOLDER_NAMES.withoutKoffi);
  for (const folder of [complete, withoutKoffi])
    cpSync(app, folder, { recursive: true, verbatimSymlinks: true });
  rmSync(path.join(withoutKoffi, "node_modules/@koromix"), { recursive: true, force: true });
  return { complete, withoutKoffi };
}

async function npm(args: readonly string[], cwd: string): Promise<void> {
  // On Windows, npm on PATH is a .cmd file, which Node does not start; `npm run` tells which program it is.
  const program = process.env["npm_execpath"];
  const [file, first] = program === undefined ? ["npm", []] : [process.execPath, [program]];
  await promisify(execFile)(file, [...first, ...args], { cwd, timeout: 180_000 });
}
