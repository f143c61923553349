import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ROOT, tempFolder } from "../helpers/files.ts";
import { run } from "../helpers/run.ts";

interface Step {
  readonly name?: string;
  readonly run?: string;
}

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly permissions?: object; readonly steps: readonly Step[] }>>;
}

const workflow = parse(readFileSync(path.join(ROOT, ".github/workflows/drift.yml"), "utf8")) as Workflow;
const stepOf = (job: string, name: string) =>
  workflow.jobs[job]?.steps.find((step) => step.name === name)?.run ?? "";

const read = (file: string) => (existsSync(file) ? readFileSync(file, "utf8") : "");

/** A folder with that program in it, a shell script, to be put first on PATH. */
function standIn(program: string, script: string) {
  const folder = tempFolder();
  const file = path.join(folder, program);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return `${folder}${path.delimiter}${process.env["PATH"]}`;
}

describe("the comparison's step", () => {
  /** Runs it with an npm that writes this table and ends with that exit code. */
  async function compare(table: string, exitCode: number) {
    const folder = tempFolder();
    const at = (name: string) => path.join(folder, name);
    writeFileSync(at("written"), table);
    // The last argument is the file of --markdown.
    const npm = `echo "$@" > '${at("asked")}'; for file; do :; done; ${table && `cat '${at("written")}' > "$file";`} exit ${exitCode}`;
    const env = {
      PATH: standIn("npm", npm),
      AGENT: "codex",
      RUNNER_TEMP: folder,
      GITHUB_OUTPUT: at("output"),
      GITHUB_STEP_SUMMARY: at("summary"),
    };
    const ended = await run("bash", ["-eo", "pipefail", "-c", stepOf("compare", "Compare")], { env });
    return { ended, asked: read(at("asked")), output: read(at("output")), summary: read(at("summary")) };
  }

  it("hands on the table when something changed", async () => {
    const { ended, asked, output, summary } = await compare("| a |\n| - |\n", 1);
    expect(ended).toMatchObject({ exitCode: 0, stderr: "" });
    expect(asked).toMatch(
      /^run --silent conformance -- --agent codex --versions fake,latest --markdown \S+\n$/,
    );
    expect(output).toMatch(/^codex<<([0-9a-f]{32})\n\| a \|\n\| - \|\n\1\n$/);
    expect(summary).toBe("| a |\n| - |\n");
  });

  it("hands on nothing when nothing changed", async () => {
    expect(await compare("| a |\n", 0)).toMatchObject({
      ended: { exitCode: 0 },
      output: "",
      summary: "| a |\n",
    });
    expect(await compare("", 0)).toMatchObject({ ended: { exitCode: 0 }, output: "", summary: "" });
  });

  it("fails when the comparison could not be run", async () => {
    expect(await compare("", 2)).toMatchObject({ ended: { exitCode: 2 }, output: "" });
  });

  it("cuts a table that is longer than an issue can be", async () => {
    const { output, summary } = await compare("| →→→→→→→→ |\n".repeat(8000), 1);
    expect(output.length).toBeLessThan(61_000);
    expect(output).toContain("→ |\n\n… the rest is in the summary of the run.\n");
    expect(summary).toHaveLength(13 * 8000);
  });
});

describe("the report", () => {
  /** Runs it with a gh that says it has this open issue, if one. */
  async function report(table: string, open = "") {
    const log = path.join(tempFolder(), "log");
    const gh = `for word; do printf '<%s>' "$word" >> '${log}'; done; echo >> '${log}'; [ "$2" = list ] && echo '${open}'; exit 0`;
    const env = { PATH: standIn("gh", gh), RUN_URL: "https://example.invalid/1" };
    const ended = await run(path.join(ROOT, ".github/report-drift"), ["gemini", table], { env });
    expect(ended).toMatchObject({ exitCode: 0, stderr: "" });
    return read(log);
  }

  it("does nothing when nothing changed", async () => {
    expect(await report("")).toBe("");
  });

  it("opens an issue with the table", async () => {
    const calls = await report("| `$(a)` |");
    expect(calls).toContain("<issue><create><--title><Drift: the newest gemini differs from");
    expect(calls).toContain("<--label><drift><--body><| `$(a)` |\n\nCompared by https://example.invalid/1.");
    expect(calls).not.toContain("<edit>");
  });

  it("updates the issue that is open", async () => {
    const calls = await report("| b |", "12");
    expect(calls).toContain("<issue><edit><12><--body><| b |\n");
    expect(calls).not.toContain("<create><--title>");
  });

  it("is made by the only job that may write, which runs no published CLI", () => {
    const writing = Object.entries(workflow.jobs).filter(([, { permissions }]) => permissions);
    expect(writing.map(([name, { permissions }]) => [name, permissions])).toEqual([
      ["report", { contents: "read", issues: "write" }],
    ]);
    const scripts = workflow.jobs["report"]?.steps.map((step) => step.run ?? "").join("\n");
    expect(scripts).not.toContain("npm");
    for (const agent of ["claude", "codex", "gemini"]) expect(scripts).toContain(`report-drift ${agent} "$`);
  });
});
