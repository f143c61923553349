import { configDefaults, defineConfig } from "vitest/config";

const source = (file: string) => new URL(`src/${file}`, import.meta.url).pathname;

export default defineConfig({
  // The examples import the package by its name; the tests run them on its source, built or not.
  resolve: {
    alias: [
      { find: /^hardcall$/, replacement: source("index.ts") },
      { find: /^hardcall\/bigquery$/, replacement: source("bigquery/index.ts") },
      { find: /^hardcall\/postgres$/, replacement: source("postgres/index.ts") },
      { find: /^hardcall\/pg-boss$/, replacement: source("pg-boss/index.ts") },
    ],
  },
  test: {
    include: ["test/**/*.test.ts"],
    // Clients of others in many versions: `npm run test:clients`. Windows: `npm run test:windows`. The published codex and gemini, which
    // are 500 MB: `npm run test:genuine`.
    exclude: [...configDefaults.exclude, "test/clients/**", "test/genuine/**", "test/windows/**"],
    // Taken down in the opposite order: Postgres ends before the look at what is left.
    globalSetup: ["test/helpers/no-process-left.ts", "test/helpers/shared-postgres.ts"],
    setupFiles: ["test/helpers/no-warnings.ts"],
    // Tests of processes wait more than they work.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    dangerouslyIgnoreUnhandledErrors: false,
  },
});
