/** `npm run test:genuine`: the published codex and gemini (500 MB, fetched once), through the built `hardcall codex|gemini`. */
import { defineConfig } from "vitest/config";
import base from "../../vitest.config.ts";

export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ["test/genuine/**/*.test.ts"],
    exclude: [],
    // The first run installs the CLIs.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
