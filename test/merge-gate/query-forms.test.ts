import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { NODE, PYTHON, type Form } from "../clients/query-forms/forms.ts";
import { programOf } from "../clients/query-forms/run.ts";
import { program } from "./kit.ts";

/** What `npm run test:clients` shows with the genuine clients, the rules have to say. */
test.for([
  ["py", "from google.cloud import bigquery\n", PYTHON],
  ["ts", 'import { BigQuery } from "@google-cloud/bigquery";\n', NODE],
] as const)("the rules flag the forms that do not end, and only those: %s", ([ending, head, forms]) => {
  const folder = mkdtempSync(path.join(tmpdir(), "query-forms-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const names = new Map<string, Form>(forms.map((form, index) => [`form-${index}.${ending}`, form]));
  for (const [name, form] of names) writeFileSync(path.join(folder, name), head + programOf(form));

  const { stdout } = program("check", ["."], folder);
  const flagged = [...names].filter(([name]) => stdout.includes(`${name}:`)).map(([, form]) => form.code);
  const wrong = forms.filter(({ ends, limitIsOutside }) => !ends || limitIsOutside).map(({ code }) => code);
  expect(flagged).toEqual(wrong);
});
