import { chmodSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build, type BuildOptions } from "esbuild";
import { licencesOf } from "../../report/browser/bundle.ts";
import { lateBuiltins, withoutCopies } from "./late-builtins.ts";
import { loadTogether } from "./load-together.ts";

const MAIN = "src/cli/main.ts";

/** What a run waits for. A program that imports the library loads the last three with its first call, and `hardcall report` never. */
const RUN = {
  name: "run",
  files: [
    MAIN,
    "src/cli/run.ts",
    "src/call/run-call.ts",
    "src/process/run-process.ts",
    "src/telemetry/log.ts",
  ],
};

/** What a run with a key waits for besides. */
const KEYED = {
  name: "keyed",
  files: ["src/ledger/key/key.ts", "src/call/ledger-answers.ts", "src/call/open-guard.ts"],
};

const common = {
  bundle: true,
  platform: "node",
  format: "esm",
  outdir: "dist",
  logLevel: "warning",
  write: false,
  metafile: true,
} as const satisfies BuildOptions;

const { metafile, outputFiles } = await build({
  ...common,
  entryPoints: { "cli-main": MAIN },
  target: "node22",
  // Large, and rarely needed. The other packages are small: to find one takes longer than to read it.
  external: ["ajv", "ajv-formats", "pg", "pino", "zod"],
  splitting: true,
  chunkNames: "cli-[name]-[hash]",
  // Otherwise the patterns for all of Unicode are compiled at each start.
  supported: { "regexp-unicode-property-escapes": true },
  // As in tsup.config.ts.
  define: {
    "process.env.HARDCALL_TEST_FAULT_POINT": "undefined",
    "process.env.HARDCALL_TEST_PROCESS_TABLE": "undefined",
  },
  // Otherwise the imports that `loadTogether` adds are dropped: package.json says that no module has side effects.
  ignoreAnnotations: true,
  plugins: [await loadTogether(RUN, [KEYED]), lateBuiltins(/^node:/)],
});

const main = Object.entries(metafile.outputs).find(([, { inputs }]) => MAIN in inputs)?.[0];
if (main === undefined) throw new Error(`no file has ${MAIN}`);

const starter = await build({
  ...common,
  entryPoints: { cli: "src/cli.ts" },
  // The oldest that is told which version it needs. It reads node:url.
  target: "node14",
  define: { HARDCALL_MAIN: JSON.stringify(`./${path.basename(main)}`) },
  plugins: [lateBuiltins(/^node:(fs|module|os|path)$/)],
});

const outputs = { ...metafile.outputs, ...starter.metafile.outputs };
for (const { path: file, text } of [...outputFiles, ...starter.outputFiles]) {
  const output = outputs[path.relative(".", file)];
  if (output === undefined) throw new Error(`esbuild does not say what is in ${file}`);
  // The entry itself would only import the file that cli.js imports.
  if (output.entryPoint !== MAIN) writeFileSync(file, licencesOf(output) + withoutCopies(text));
}
chmodSync("dist/cli.js", 0o755);
