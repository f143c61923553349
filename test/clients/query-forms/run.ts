import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import type { FakeBigQuery } from "../../../src/testing/fake-bigquery.ts";
import type { Form } from "./forms.ts";
import { MODES, type Measured } from "./modes.ts";

/** What a form did in each mode, or why it could not run here. */
export type Row =
  | { readonly form: Form; readonly ends: Readonly<Record<string, Measured>> }
  | { readonly form: Form; readonly missing: string };

interface Job {
  readonly id: string;
  readonly url: string;
  readonly project: string;
  readonly needs: readonly string[];
  readonly code: string;
}

type Line = { readonly id: string } & (
  { readonly missing: string } | { readonly seconds: number | null; readonly outcome: string }
);

/** Runs every form in every mode. The program reads the jobs and prints a line per job. */
export async function measure(
  fake: FakeBigQuery,
  forms: readonly Form[],
  command: readonly [file: string, ...args: readonly string[]],
  input: (jobs: readonly Job[]) => string,
): Promise<readonly Row[]> {
  const jobs: Job[] = [];
  for (const [index, form] of forms.entries()) {
    for (const [column, mode] of Object.values(MODES).entries()) {
      const id = `form-${index}-${column}`;
      await fake.project(id, { mode });
      jobs.push({ id, url: fake.url, project: id, needs: form.needs ?? [], code: programOf(form) });
    }
  }
  const [file, ...args] = command;
  const child = spawn(file, args, { stdio: ["pipe", "pipe", "inherit"], timeout: 290_000 });
  child.stdin.end(input(jobs));
  const lines = (await text(child.stdout)).split("\n").filter(Boolean);
  const byId = new Map(lines.map((line) => JSON.parse(line) as Line).map((line) => [line.id, line]));
  return forms.map((form, index) => rowOf(form, index, byId));
}

/** The text of a form as a whole program. */
export function programOf({ before = "", code }: Form): string {
  return before + (/^(const \[)?rows\b|^const rows|\brows =|\[rows\]/m.test(code) ? code : `rows = ${code}`);
}

function rowOf(form: Form, index: number, lines: ReadonlyMap<string, Line>): Row {
  const ends: Record<string, Measured> = {};
  for (const [column, what] of Object.keys(MODES).entries()) {
    const line = lines.get(`form-${index}-${column}`);
    if (line === undefined) throw new Error(`no line of ${programOf(form)} where ${what} hangs`);
    if ("missing" in line) return { form, missing: line.missing };
    ends[what] = { seconds: line.seconds ?? undefined, outcome: line.outcome };
  }
  return { form, ends };
}
