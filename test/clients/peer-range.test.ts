import { afterAll, beforeAll, expect } from "vitest";
import { fakeBigQuery, type FakeBigQuery } from "../../src/testing/fake-bigquery.ts";
import { clientTest } from "./harness/client-test.ts";
import { endsOfAllModes, VERSIONS } from "./bigquery-versions.ts";

let fake: FakeBigQuery;
beforeAll(async () => {
  fake = await fakeBigQuery();
});
afterAll(() => fake[Symbol.asyncDispose]());

// hardcall/bigquery, with the first and the last version of each major that the peer range admits.
for (const version of VERSIONS) {
  clientTest(
    { client: "@google-cloud/bigquery", version, part: "hardcall/bigquery", from: "npm" },
    "every mode of fake-bin/bigquery ends on time, with the same code and effect",
    async ({ folder }) => {
      expect(await endsOfAllModes(fake, folder, version)).toEqual([]);
    },
  );
}
