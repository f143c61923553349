import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { FakeBigQuery } from "../../src/testing/fake-bigquery.ts";
import { EXPECTED, expectedEnds } from "../callees/job/expected.ts";
import type { HostLine } from "../callees/job/host.ts";
import { startHost } from "../callees/job/run-host.ts";
import { compile } from "../docs/compile.ts";
import { ROOT, tempFolder } from "../helpers/files.ts";
import { run } from "../helpers/run.ts";

/** The first and the last version of each major of Google's client that the peer range admits, as of today. */
export const VERSIONS = ["6.2.1", "7.0.0", "7.9.3", "8.0.0", "8.3.0", "9.0.0", "9.3.0"] as const;

/** All modes begin within seconds of each other, on a machine that may be busy. */
const TOTAL_MS = 10_000;
const GRACE_MS = 2000;
const MARGIN_MS = 1000;

/** Calls a query in every mode with a client of another version, and returns what differs from what hardcall promises. */
export async function endsOfAllModes(
  fake: FakeBigQuery,
  modules: string,
  version: string,
): Promise<readonly string[]> {
  const prefix = `v${version.replaceAll(".", "-")}-`;
  const modes = Object.keys(EXPECTED);
  for (const mode of modes) await fake.project(`${prefix}${mode}`, { mode });
  const { lines, stderr, exitCode } = await startHost({
    url: fake.url,
    ledger: path.join(tempFolder(), "ledger.db"),
    projects: modes.map((mode) => `${prefix}${mode}`),
    effects: "once",
    attempts: 1,
    timeout: { total: TOTAL_MS, attempt: TOTAL_MS },
    cancelGrace: GRACE_MS,
    spread: 50,
    modules,
  }).ended;
  const unasked = exitCode === 0 && stderr === "" ? [] : [`the process ended with ${exitCode}: ${stderr}`];
  return [...unasked, ...modes.flatMap((mode) => differences(mode, lineOf(lines, `${prefix}${mode}`)))];
}

type End = Exclude<HostLine, { unhandled: string }>;

const lineOf = (lines: readonly HostLine[], project: string) =>
  lines.find((line): line is End => "project" in line && line.project === project);

function differences(mode: string, line: End | undefined): readonly string[] {
  if (line === undefined) return [`${mode} never ended`];
  const { ended, rows, message = "" } = line;
  const wanted = expectedEnds("no retry", mode);
  const ms = line.ms - line.starvedMs;
  return [
    ...(wanted.includes(ended) ? [] : [`${mode} ended as ${ended}, not ${wanted.join(" or ")}: ${message}`]),
    ...(ended !== "executed" || rows === 3 ? [] : [`${mode} gave ${rows} rows, not 3`]),
    ...(ms < TOTAL_MS + GRACE_MS + MARGIN_MS ? [] : [`${mode} took ${ms} ms`]),
  ];
}

/** A program of a user's: the client goes in as its own type, and the answer's details come out. */
const PROGRAM = `import { BigQuery } from "@google-cloud/bigquery";
import { defineCall } from "hardcall";
import { bigqueryQuery } from "hardcall/bigquery";

const callee = bigqueryQuery({ client: new BigQuery({ projectId: "p" }), query: "SELECT 1", rows: "any" });
const call = defineCall({ name: "typed", callee, timeout: "5m", effects: "none" });
const { value, jobId } = await call();
export const rows: Record<string, unknown>[] = value;
export const id: string = jobId;
`;

/** The programs on a fake BigQuery that the docs show: each is to run, whichever version of the client a project has. */
const SHOWN = ["docs/testing.md", "docs/remote-jobs.md"].flatMap((page) =>
  [...readFileSync(path.join(ROOT, page), "utf8").matchAll(/^```ts\n([^]*?)^```$/gm)].flatMap(
    ([, code = ""]) => (code.includes("fakeBigQuery(") ? [code] : []),
  ),
);

/** What goes wrong in the docs' programs, type-checked and run, with a client of another version. */
export async function problemsOfTheDocs(modules: string): Promise<readonly string[]> {
  if (SHOWN.length < 2) return ["the docs show no program on a fake BigQuery"];
  const folder = projectWith(modules);
  const names = SHOWN.map((_, index) => `shown-${index}.mts`);
  for (const [index, code] of SHOWN.entries()) writeFileSync(path.join(folder, names[index] ?? ""), code);
  const problems = [...(await compile(folder, names))];
  for (const name of names) {
    const { exitCode, stderr } = await run(process.execPath, [name], { cwd: folder });
    if (exitCode !== 0) problems.push(`${name}: ${stderr}`);
  }
  return problems;
}

/** What tsc says of a program with a client of another version; nothing, if its types fit. */
export async function typeProblems(modules: string): Promise<readonly string[]> {
  const folder = projectWith(modules);
  writeFileSync(path.join(folder, "program.mts"), PROGRAM);
  return compile(folder, ["program.mts"]);
}

/** A folder that has hardcall and, of `modules`, the client and what signs its requests. */
function projectWith(modules: string): string {
  const folder = tempFolder();
  const links = {
    hardcall: ROOT,
    "@google-cloud": path.join(modules, "@google-cloud"),
    "google-auth-library": path.join(modules, "google-auth-library"),
    "@types": path.join(ROOT, "node_modules/@types"),
  };
  mkdirSync(path.join(folder, "node_modules"));
  for (const [name, target] of Object.entries(links)) {
    symlinkSync(target, path.join(folder, "node_modules", name));
  }
  return folder;
}
