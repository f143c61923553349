import path from "node:path";
import { expect } from "vitest";
import { fakeAnthropicApi } from "../../src/testing/fake-anthropic-api.ts";
import { run } from "../helpers/run.ts";
import { clientTest } from "./harness/client-test.ts";

const PART = "fake-bin/anthropic-api";

/** Runs a user's program with the client of a folder; old clients warn of what their own dependencies use. */
async function printed(program: string, folder: string, url: string): Promise<string> {
  const file = path.join(import.meta.dirname, "programs", program);
  const env = { NODE_NO_WARNINGS: "1" };
  const { stdout, stderr, exitCode } = await run(process.execPath, [file, folder, url], { env });
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
  return stdout.toString().trim();
}

/** mode, what the client makes of it, and how often it asks. */
const ENDS: readonly (readonly [what: string, mode: string, end: object, requests: number])[] = [
  ["one call", "ok", { text: expect.stringMatching(/\w/) }, 1],
  ["a retry after 529", "529,ok", { text: expect.stringMatching(/\w/) }, 2],
  ["401", "401", { error: "AuthenticationError", status: 401 }, 1],
  ["a hang ends by the timeout of the request", "hang", { error: "APIConnectionTimeoutError" }, 2],
];

for (const version of ["0.20.9", "0.39.0", "0.71.2", "0.98.1", "1.0.0", "1.12.0"]) {
  for (const [what, mode, end, requests] of ENDS) {
    clientTest(
      { client: "@anthropic-ai/sdk", version, part: PART, from: "npm" },
      what,
      async ({ folder }) => {
        await using api = await fakeAnthropicApi({ mode: mode.split(",") });
        expect(JSON.parse(await printed("anthropic.mjs", folder, api.url))).toEqual(end);
        expect(await api.requests()).toHaveLength(requests);
      },
    );
  }
}

for (const version of ["4.104.0", "5.23.2", "6.49.0", "7.57.0"]) {
  clientTest(
    { client: "openai", version, part: PART, from: "npm" },
    "prints that this is the fake of another API, and where to look",
    async ({ folder }) => {
      await using api = await fakeAnthropicApi();
      const message = await printed("openai.mjs", folder, api.url);
      expect(message).toContain("this is hardcall's fake of Anthropic's Messages API");
      expect(message).toContain("fake-bin/README.md");
      expect(await api.requests()).toHaveLength(1);
    },
  );
}
