import path from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { fakeBigQuery, type FakeBigQuery } from "../../src/testing/fake-bigquery.ts";
import { tempFolder } from "../helpers/files.ts";
import { hardcall } from "../helpers/run.ts";
import { clientTest } from "./harness/client-test.ts";
import { NODE, PYTHON } from "./query-forms/forms.ts";
import { CAP_S, LONGEST_END_S, MODES } from "./query-forms/modes.ts";
import { measure, programOf, type Row } from "./query-forms/run.ts";
import { writeTable } from "./query-forms/table.ts";

const PLAIN = `import sys
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery
url, project = sys.argv[1:]
client = bigquery.Client(project, AnonymousCredentials(), client_options={"api_endpoint": url})
print(list(client.query("SELECT 1 AS n").result()))
`;
const FORMS = path.join(import.meta.dirname, "query-forms");

let fake: FakeBigQuery;
beforeAll(async () => {
  fake = await fakeBigQuery();
});
afterAll(() => fake[Symbol.asyncDispose]());

clientTest(
  {
    client: "google-cloud-bigquery",
    part: "examples/merge-gate",
    from: "pypi",
    module: "google.cloud.bigquery",
  },
  "the recommended Python ends in every hang, and the forms that the merge gate flags do not",
  async ({ folder: python, version }) => {
    const command = [python, path.join(FORMS, "measure.py"), String(CAP_S)] as const;
    const rows = await measure(fake, PYTHON, command, (jobs) =>
      jobs.map((job) => `${JSON.stringify(job)}\n`).join(""),
    );
    await writeTable("python", `With google-cloud-bigquery ${version}, in seconds:`, rows);
    expect(rows.flatMap(differences)).toEqual([]);
  },
);

clientTest(
  { client: "google-cloud-bigquery", part: "hardcall run", from: "pypi", module: "google.cloud.bigquery" },
  "ends a plain query().result() in every hang",
  async ({ folder: python }) => {
    const ends = Object.entries(MODES).map(async ([what, mode], index) => {
      const project = `run-${index}`;
      await fake.project(project, { mode });
      const command = ["--", python, "-W", "ignore", "-c", PLAIN, fake.url, project];
      const { exitCode, ms } = await hardcall(["run", "--timeout", "20s", "--kill-grace", "1s", ...command]);
      return { what, exitCode, late: ms > 60_000 };
    });
    expect(await Promise.all(ends)).toEqual(
      Object.keys(MODES).map((what) => ({ what, exitCode: 124, late: false })),
    );
  },
);

clientTest(
  { client: "@google-cloud/bigquery", version: "9.3.0", part: "examples/merge-gate", from: "npm" },
  "bigqueryQuery ends in every hang, and the forms that the merge gate flags do not",
  async ({ folder, version }) => {
    const command = [
      process.execPath,
      path.join(FORMS, "node-host.ts"),
      folder,
      tempFolder(),
      String(CAP_S),
    ] as const;
    const rows = await measure(fake, NODE, command, (jobs) => JSON.stringify(jobs));
    await writeTable("node", `With @google-cloud/bigquery ${version}, in seconds:`, rows);
    expect(rows.flatMap(differences)).toEqual([]);
  },
);

/** Where a form did not do what `forms.ts` says of it. */
function differences(row: Row): readonly string[] {
  if ("missing" in row) return [];
  const late = Object.entries(row.ends)
    .filter(([, { seconds }]) => seconds === undefined || seconds > LONGEST_END_S)
    .map(([what]) => what);
  if (row.form.ends) return late.map((what) => `${programOf(row.form)}\nwaits for ever where ${what} hangs`);
  return late.length > 0 ? [] : [`${programOf(row.form)}\nends in every mode`];
}
