/** `npm run test:clients`: the fakes and the library, met by clients of others, in the versions that their users have. */
import { defineConfig } from "vitest/config";
import base from "../../vitest.config.ts";

export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ["test/clients/**/*.test.ts"],
    exclude: [],
    reporters: ["default", "./test/clients/harness/reporter.ts"],
    // The first run installs the clients.
    testTimeout: 300_000,
  },
});
