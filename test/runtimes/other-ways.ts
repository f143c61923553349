import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { killAll, survivorsAfter } from "../helpers/processes.ts";
import type { Checked } from "./programs/lib/check.ts";
import { PROGRAMS } from "./project.ts";
import { ROOT } from "./root.ts";
import type { Runtime } from "./runtimes.ts";

const LIMIT_MS = 60_000;

/** How each runtime runs a test file. */
const TEST_COMMANDS = {
  Bun: ["test"],
  Deno: ["test", "--allow-all", "--no-check"],
  "Node.js": ["--test"],
} as const;

/** The test that docs/testing.md shows for all runtimes, under the test runner of this one: it must pass, and fail when its fake does. */
export async function underItsTestRunner(runtime: Runtime, project: string): Promise<Checked> {
  const page = readFileSync(path.join(ROOT, "docs/testing.md"), "utf8");
  const [, code] = /^<!-- file: post\.test\.mts -->\n\n```ts\n([^]*?)^```$/m.exec(page) ?? [];
  if (code === undefined) throw new Error("docs/testing.md has no file post.test.mts");
  writeFileSync(path.join(project, "post.test.mts"), code);
  writeFileSync(path.join(project, "broken.test.mts"), code.replaceAll('"rate_limited"', '"auth"'));
  const run = (file: string) => end(runtime, [...TEST_COMMANDS[runtime.name], `./${file}`], project);
  const [good, broken] = [await run("post.test.mts"), await run("broken.test.mts")];
  const holds = good.exitCode === 0 && /\b1 pass|pass 1\b/.test(good.printed) && broken.exitCode !== 0;
  const problem = `passed: ${good.exitCode} ${good.printed}\nmust fail: ${broken.exitCode}`;
  return { what: "`hardcall/testing` under its test runner", guarantees: [], ...(holds ? {} : { problem }) };
}

/** An older version must say at the import which one hardcall needs, and the command must start nothing. */
export async function isRefused(runtime: Runtime, project: string): Promise<Checked> {
  const file = path.join(project, "imports.mjs");
  writeFileSync(file, `await import("hardcall").catch(({ message }) => console.log(message));\n`);
  const library = await end(runtime, [...runtime.args, file], project);
  const cli = path.join(project, "node_modules/hardcall/dist/cli.js");
  const command = await end(
    runtime,
    [...runtime.args, cli, "run", "--timeout", "9s", "--", "echo", "started"],
    project,
  );
  const said = new RegExp(
    `^hardcall needs ${runtime.name} [\\d.]+ or later, and this is ${runtime.version};[^\\n]*\\n$`,
  );
  const holds = said.test(library.printed) && command.exitCode === 2 && !/^started/m.test(command.printed);
  const problem = `${library.printed}\n${command.exitCode} ${command.printed}`;
  return { what: "is refused, with one sentence", guarantees: [], ...(holds ? {} : { problem }) };
}

/** Rights of Deno that do for a call without a key, and each way in which they do not. */
const ENOUGH = ["--allow-env", "--allow-read", "--allow-run"];
const TOO_FEW: readonly (readonly string[])[] = [
  [],
  ["--allow-env", "--allow-run"],
  ["--allow-env", "--allow-read", "--allow-run=echo"],
  ["--allow-read", "--allow-run"],
  [...ENOUGH, "--deny-env=SECRET"],
];

/** Deno with too few rights ends the import with one sentence; with enough of them a call works, and one with a key says what it lacks. */
export async function refusesTooFewRights(
  { name, version, file }: Runtime,
  project: string,
): Promise<Checked> {
  const deno: Runtime = { name, version, file, args: [] };
  const imports = path.join(project, "imports.mjs");
  writeFileSync(imports, `await import("hardcall").catch(({ message }) => console.log(message));\n`);
  const calls = path.join(project, "calls.mjs");
  writeFileSync(calls, CALLS);
  const cli = path.join(project, "node_modules/hardcall/dist/cli.js");
  const started = ["run", "--timeout", "9s", "--", "echo", "started"];
  const problems: string[] = [];
  for (const rights of TOO_FEW) {
    const given = ["run", "--no-prompt", ...rights];
    const library = await end(deno, [...given, imports], project);
    const command = await end(deno, [...given, cli, ...started], project);
    const isClear = /^hardcall needs more rights than Deno was given: --allow-[^\n]*\n$/.test(
      library.printed,
    );
    const isUsage = command.exitCode === 2 && /^hardcall: .*Nothing was started\.\n$/.test(command.printed);
    if (!isClear || !isUsage)
      problems.push(`${rights.join(" ")}: ${library.printed}${command.exitCode} ${command.printed}`);
  }
  for (const beyond of [[], ["--allow-sys"], ["--allow-write"]]) {
    const { printed } = await end(deno, ["run", "--no-prompt", ...ENOUGH, ...beyond, calls], project);
    if (!/^executed\ninvalid_config .*needs more rights than Deno was given/.test(printed))
      problems.push(printed);
  }
  const whole = problems.length > 0 ? { problem: problems.join("\n") } : {};
  return { what: "with too few rights is refused, with one sentence", guarantees: [], ...whole };
}

const CALLS = `import { command, defineCall } from "hardcall";
const options = { name: "rights", callee: command("echo", ["hi"]), timeout: "9s", effects: "once" };
console.log((await defineCall({ ...options, effects: "none" }).settle()).outcome);
const { code, message } = await defineCall({ ...options, key: () => ["k"] }).settle();
console.log(code, message);
`;

/** An executable that `bun build --compile` made: killed, it takes its child with it, and is not started a second time as the guardian. */
export async function asAnExecutable(bun: Runtime, project: string): Promise<Checked> {
  const [application, starts] = [path.join(project, "application"), path.join(project, "starts")];
  const host = `${PROGRAMS}/hosts/counts-its-starts.ts`;
  await end(bun, ["build", "--compile", host, "--outfile", application], project);
  const child = spawn(application, [starts], { stdio: ["ignore", "pipe", "inherit"], timeout: LIMIT_MS });
  const [printed] = (await once(child.stdout, "data")) as [Buffer];
  const pid = Number(printed.toString());
  child.kill("SIGKILL");
  const left = await survivorsAfter(3000, [pid]);
  killAll(left);
  const times = readFileSync(starts, "utf8").trim().split("\n").length;
  const holds = pid > 1 && left.length === 0 && times === 1;
  const problem = `pid ${pid}, ${left.length} left, ${times} starts`;
  return { what: "an executable that it compiled", guarantees: [], ...(holds ? {} : { problem }) };
}

async function end({ file }: Runtime, args: readonly string[], cwd: string) {
  const env = { ...process.env, NO_COLOR: "1" };
  try {
    const { stdout, stderr } = await promisify(execFile)(file, args, { cwd, env, timeout: LIMIT_MS });
    return { exitCode: 0, printed: stdout + stderr };
  } catch (error) {
    const { code, stdout = "", stderr = "" } = error as { code?: number; stdout?: string; stderr?: string };
    return { exitCode: code ?? String(error), printed: stdout + stderr };
  }
}
