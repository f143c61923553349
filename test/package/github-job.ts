/** Runs the steps of action.yml as a runner of GitHub does. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { ROOT, tempFolder } from "../helpers/files.ts";
import { run } from "../helpers/run.ts";

interface Step {
  readonly if: string;
  readonly shell: string;
  readonly env: Readonly<Record<string, string>>;
  readonly run: string;
}

export const ACTION = parse(readFileSync(path.join(ROOT, "action.yml"), "utf8")) as {
  readonly inputs: Readonly<Record<string, object>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
};

/** A job on a runner: steps change its PATH and variables by files, as on GitHub. */
export class Job {
  readonly folder = tempFolder();
  readonly temp = path.join(this.folder, "temp");
  #env: Record<string, string> = {};
  #path: string[] = [];

  constructor() {
    mkdirSync(this.temp);
  }

  /** `uses: ./`, with these inputs. */
  async uses(given: Readonly<Record<string, string>> = {}) {
    const input = (name: string) => given[name] ?? "";
    const [step, ...others] = ACTION.runs.steps.filter(({ if: condition }) => holds(condition, input));
    if (step === undefined || others.length > 0)
      throw new Error("One step of the action must run, and one only.");
    const { env, run: script } = step;
    const values = Object.entries(env).map(([name, value]) => [
      name,
      value.replaceAll(INPUT, (_, id: string) => input(id)),
    ]);
    return await this.runs(script, Object.fromEntries(values) as Record<string, string>);
  }

  /** `run:` as GitHub does `shell: bash`, and what the step leaves for the next ones. */
  async runs(script: string, env: Readonly<Record<string, string>> = {}) {
    const files = Object.fromEntries(
      ["GITHUB_ENV", "GITHUB_PATH", "GITHUB_OUTPUT"].map((name) => [name, path.join(this.folder, name)]),
    );
    for (const file of [...Object.values(files), this.#script])
      writeFileSync(file, file === this.#script ? script : "");
    const end = await run("bash", ["--noprofile", "--norc", "-eo", "pipefail", this.#script], {
      cwd: this.folder,
      env: {
        ...this.#env,
        PATH: [...this.#path, process.env["PATH"]].join(path.delimiter),
        ...files,
        RUNNER_TEMP: this.temp,
        GITHUB_ACTION_PATH: ROOT.replace(/\/$/, ""),
        ...env,
      },
    });
    for (const line of linesOf(files["GITHUB_ENV"]!))
      this.#env[line.slice(0, line.indexOf("="))] = line.slice(line.indexOf("=") + 1);
    this.#path.unshift(...linesOf(files["GITHUB_PATH"]!));
    return {
      exitCode: end.exitCode,
      stdout: end.stdout.toString(),
      stderr: end.stderr,
      output: linesOf(files["GITHUB_OUTPUT"]!),
    };
  }

  readonly #script = path.join(this.folder, "step.sh");
}

const INPUT = /\$\{\{ inputs\.([a-z-]+) \}\}/g;
const linesOf = (file: string) =>
  readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "");

/** The two conditions that the action knows. */
function holds(condition: string, input: (name: string) => string): boolean {
  const [, name, operator] = /^inputs\.([a-z-]+) (==|!=) ''$/.exec(condition)!;
  return (input(name!) === "") === (operator === "==");
}
