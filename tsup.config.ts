import { defineConfig } from "tsup";

export default defineConfig({
  entry: {
    index: "src/index.ts",
    bigquery: "src/bigquery/index.ts",
    cli: "src/cli.ts",
    guardian: "src/process/guardian.ts",
    testing: "src/testing/index.ts",
  },
  format: ["esm"],
  target: "node22",
  clean: true,
  // tsup's own declaration build does not run on TypeScript 7; `tsc -p src/tsconfig.json` writes them.
  dts: false,
  // Otherwise "node:sqlite" becomes "sqlite" in dist, which does not exist.
  removeNodeProtocol: false,
});
