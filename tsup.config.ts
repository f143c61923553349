import { defineConfig } from "tsup";

export default defineConfig({
  entry: {
    index: "src/index.ts",
    bigquery: "src/bigquery/index.ts",
    cli: "src/cli.ts",
    guardian: "src/process/guardian.ts",
    otel: "src/otel/index.ts",
    sentinel: "src/sentinel/index.ts",
    "sentinel-query": "src/sentinel/count/query-process.ts",
    testing: "src/testing/index.ts",
  },
  format: ["esm"],
  target: "node22",
  clean: true,
  // tsup's own declaration build does not run on TypeScript 7; `tsc -p src/tsconfig.json` writes them.
  dts: false,
  // Otherwise "node:sqlite" becomes "sqlite" in dist, which does not exist.
  removeNodeProtocol: false,
  // Takes the points where a test can kill the process out of what is published; see src/call/fault-points.ts.
  define: { "process.env.HARDCALL_TEST_FAULT_POINT": "undefined" },
});
