import path from "node:path";
import { expect, it } from "vitest";
import { readConfig } from "../../src/sentinel/index.ts";

it("the example of a configuration is one", async () => {
  const sentinels = await readConfig(
    path.join(import.meta.dirname, "../../examples/sentinels/all-kinds.json"),
  );
  expect(sentinels.map(({ name, call, channels }) => [name, call, channels.length])).toEqual([
    ["published-posts", "nightly-post", 2],
    ["database-backups", undefined, 2],
    ["feed", undefined, 2],
    ["drafts", "write-draft", 2],
  ]);
});
