import { defineConfig } from "tsup";

export default defineConfig({
  entry: {
    index: "src/index.ts",
    bigquery: "src/bigquery/index.ts",
    otel: "src/otel/index.ts",
    postgres: "src/postgres/index.ts",
    sentinel: "src/sentinel/index.ts",
    "sentinel-query": "src/sentinel/count/query-process.ts",
    "pg-boss": "src/pg-boss/index.ts",
    testing: "src/testing/index.ts",
  },
  format: ["esm"],
  target: "node22",
  clean: true,
  // tsup's own declaration build does not run on TypeScript 7; `tsc -p src/tsconfig.json` writes them.
  dts: false,
  // Otherwise "node:sqlite" becomes "sqlite" in dist, which does not exist.
  removeNodeProtocol: false,
  // Takes out of what is published the points where a test can kill the process (src/core/fault-points.ts), and the switch that has the
  // tests run without /proc (src/process/process-table.ts).
  define: {
    "process.env.HARDCALL_TEST_FAULT_POINT": "undefined",
    "process.env.HARDCALL_TEST_PROCESS_TABLE": "undefined",
  },
  esbuildOptions(options) {
    // What the root needs at once is one file, because every other entry is made to need all of it too. esbuild makes a
    // file of what exactly the same entries need, which were 23 and took 12 ms to load.
    options.inject = [...(options.inject ?? []), "src/index.ts"];
    options.ignoreAnnotations = true;
    // Otherwise the patterns for all of Unicode are compiled when the root is imported, in half a millisecond.
    options.supported = { ...options.supported, "regexp-unicode-property-escapes": true };
  },
});
