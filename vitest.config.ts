import { defineConfig } from "vitest/config";

const source = (file: string) => new URL(`src/${file}`, import.meta.url).pathname;

export default defineConfig({
  // The examples import the package by its name; the tests run them on its source, built or not.
  resolve: {
    alias: [
      { find: /^hardcall$/, replacement: source("index.ts") },
      { find: /^hardcall\/bigquery$/, replacement: source("bigquery/index.ts") },
    ],
  },
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/helpers/no-process-left.ts"],
    setupFiles: ["test/helpers/no-warnings.ts"],
    // Tests of processes wait more than they work.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    dangerouslyIgnoreUnhandledErrors: false,
  },
});
