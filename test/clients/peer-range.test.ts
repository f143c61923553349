import { afterAll, beforeAll, expect } from "vitest";
import { fakeBigQuery, type FakeBigQuery } from "../../src/testing/fake-bigquery.ts";
import { clientTest } from "./harness/client-test.ts";
import { endsOfAllModes, problemsOfTheDocs, typeProblems, VERSIONS } from "./bigquery-versions.ts";

let fake: FakeBigQuery;
beforeAll(async () => {
  fake = await fakeBigQuery();
});
afterAll(() => fake[Symbol.asyncDispose]());

// hardcall/bigquery, with the first and the last version of each major that the peer range admits.
for (const version of VERSIONS) {
  const row = { client: "@google-cloud/bigquery", version, part: "hardcall/bigquery", from: "npm" } as const;
  clientTest(
    row,
    "every mode of fake-bin/bigquery ends on time, with the same code and effect",
    async ({ folder }) => {
      expect(await endsOfAllModes(fake, folder, version)).toEqual([]);
    },
  );
  clientTest(row, "its types fit", async ({ folder }) => {
    expect(await typeProblems(folder)).toEqual([]);
  });
  clientTest(row, "the programs of the docs", async ({ folder }) => {
    expect(await problemsOfTheDocs(folder)).toEqual([]);
  });
}
