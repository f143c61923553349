import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ROOT } from "../helpers/files.ts";

/** A reader's project: an empty folder with the built package installed, and a home of its own beside it. */
export interface Project {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly remove: () => void;
}

/** Commands that pages use from `node_modules/.bin`, as npx does. */
const BINS = ["tsc", "vitest"];

/**
 * What `npx hardcall` does here, without the half second of processor time that npx takes to find it: more than half of what
 * all pages take. The genuine npx runs in test/examples/packed.test.ts.
 */
const NPX = `#!/bin/sh
if [ -x "node_modules/.bin/$1" ]; then name=$1; shift; exec "node_modules/.bin/$name" "$@"; fi
echo "npx: there is no $1 in node_modules/.bin of $PWD" >&2
exit 127
`;

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** @throws An Error when the package is not built */
export function makeProject(): Project {
  if (!existsSync(path.join(ROOT, "dist/index.d.ts")))
    throw new Error("There is no whole dist/ for the pages to run with; run `npm run build` first.");
  const root = mkdtempSync(path.join(tmpdir(), "hardcall-docs-"));
  const folder = path.join(root, "project");
  for (const name of ["project", "home", "state", "fake-state", "tmp", "bin"])
    mkdirSync(path.join(root, name));
  // As `npm init -y` of npm 11 writes it.
  writeFileSync(path.join(folder, "package.json"), '{ "type": "commonjs", "private": true }\n');
  install(path.join(folder, "node_modules"));
  writeFileSync(path.join(root, "bin/npx"), NPX, { mode: 0o755 });
  return { folder, env: environment(root, folder), remove: () => rmSync(root, { recursive: true }) };
}

/** The package, and beside it what its users install with it. */
function install(modules: string): void {
  const { dependencies, devDependencies } = JSON.parse(
    readFileSync(path.join(ROOT, "package.json"), "utf8"),
  ) as Manifest;
  mkdirSync(path.join(modules, ".bin"), { recursive: true });
  symlinkSync(ROOT, path.join(modules, "hardcall"));
  symlinkSync("../hardcall/dist/cli.js", path.join(modules, ".bin/hardcall"));
  for (const name of Object.keys({ ...dependencies, ...devDependencies })) {
    mkdirSync(path.dirname(path.join(modules, name)), { recursive: true });
    symlinkSync(path.join(ROOT, "node_modules", name), path.join(modules, name));
  }
  for (const name of BINS) {
    symlinkSync(path.join(ROOT, "node_modules/.bin", name), path.join(modules, ".bin", name));
  }
}

/** What the machine that runs the tests has set for hardcall, claude or npm is no part of a page. */
const FOREIGN =
  /^(HARDCALL_|FAKE_|CLAUDE|ANTHROPIC_|CODEX_|OPENAI_|GEMINI_|GOOGLE_|npm_|NODE_|VITEST|XDG_|FORCE_COLOR$|NO_COLOR$)/i;

function environment(root: string, folder: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !FOREIGN.test(name));
  const nodeFolder = path.dirname(process.execPath);
  return {
    ...Object.fromEntries(kept),
    PATH: [
      ...["", "codex", "gemini"].map((agent) => path.join(folder, "node_modules/hardcall/fake-bin", agent)),
      path.join(root, "bin"),
      nodeFolder,
      process.env["PATH"],
    ].join(path.delimiter),
    HOME: path.join(root, "home"),
    TMPDIR: path.join(root, "tmp"),
    XDG_STATE_HOME: path.join(root, "state"),
    ...Object.fromEntries(
      ["CLAUDE", "CODEX", "GEMINI"].flatMap((agent) => [
        [`FAKE_${agent}_MODE`, "ok"],
        [`FAKE_${agent}_STATE_DIR`, path.join(root, "fake-state", agent)],
        [`FAKE_${agent}_MAX_LIFETIME_MS`, "20000"],
      ]),
    ),
    // npm asks no registry.
    npm_config_offline: "true",
    npm_config_update_notifier: "false",
    NODE_COMPILE_CACHE: path.join(ROOT, "node_modules/.cache/hardcall-tests"),
  };
}

/** Saves a block under the name that its page gives to it. */
export function save(folder: string, name: string, code: string): void {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), code, { mode: code.startsWith("#!") ? 0o755 : 0o644 });
}
