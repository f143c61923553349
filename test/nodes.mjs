// Runs the fake on every Node it promises to run on, and the built library on those it does: the other tests see one
// Node only. The binaries are npm's `node-<platform>-<arch>` packages, kept in the cache folder.
//
//   node test/nodes.mjs [major…]
//
// Exit codes: 0 everything ran, 1 something did not, 2 a Node could not be had.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { cachedPackage } from "./fake-bin/cached-package.ts";

const ROOT = join(import.meta.dirname, "..");
const FAKE = join(ROOT, "fake-bin/claude");
const FAKE_CODEX = join(ROOT, "fake-bin/codex/codex");
const FAKE_GEMINI = join(ROOT, "fake-bin/gemini/gemini");
const FOR_THE_FAKE = { 18: "18.20.8", 20: "20.20.2", 22: "22.23.3", 24: "24.21.0", 26: "26.10.0" };
const FOR_THE_LIBRARY = ["22", "24", "26"];

/** Modes that end by themselves; each exercises another file. */
const MODES = {
  ok: 0,
  fail: 1,
  empty: 0,
  overloaded: 1,
  "max-turns": 1,
  "schema-missing": 0,
  refusal: 1,
  "split-utf8": 0,
  "json-array": 0,
  "two-results": 0,
  "usage-limit": 1,
  "permission-denied": 0,
};

/** The same for codex. */
const CODEX_MODES = {
  ok: 0,
  empty: 0,
  "permission-denied": 0,
  "usage-limit": 1,
  auth: 1,
  crash: 101,
  "split-utf8": 0,
  patch: 0,
  "unknown-events": 0,
  slow: 0,
};

/** The same for gemini: the exit code of the formats json and stream-json. */
const GEMINI_MODES = {
  ok: 0,
  empty: 0,
  loop: 0,
  "permission-denied": 0,
  "schema-invalid": 0,
  auth: 145,
  "rate-limit-wait": 173,
  "model-not-found": 1,
  "max-turns": 53,
  "unknown-events": 0,
  slow: 0,
};

const wanted = process.argv.slice(2);
const majors = Object.keys(FOR_THE_FAKE).filter((major) => wanted.length === 0 || wanted.includes(major));
const started = performance.now();
let failures = 0;
for (const major of majors) await testOn(major);
const seconds = ((performance.now() - started) / 1000).toFixed(0);
console.log(`${failures === 0 ? "all" : `${failures} failed`}, Node ${majors.join(", ")}, in ${seconds} s`);
if (failures > 0) process.exitCode = 1;

async function testOn(major) {
  const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  let folder;
  try {
    folder = join(await cachedPackage(name, FOR_THE_FAKE[major], ["--ignore-scripts"]), name, "bin");
  } catch (error) {
    console.error(`Node ${major} could not be had: ${error.message}`);
    process.exit(2);
  }
  const home = mkdtempSync(join(tmpdir(), "hardcall-nodes-"));
  const env = {
    PATH: [folder, process.env.PATH].join(delimiter),
    HOME: home,
    TMPDIR: home,
    FAKE_CLAUDE_MAX_LIFETIME_MS: "30000",
    FAKE_CLAUDE_DELAY_MS: "5",
    FAKE_CODEX_MAX_LIFETIME_MS: "30000",
    FAKE_CODEX_DELAY_MS: "5",
    FAKE_GEMINI_MAX_LIFETIME_MS: "30000",
    FAKE_GEMINI_DELAY_MS: "5",
  };
  const on = { node: join(folder, "node"), env, home };
  try {
    attempt(`Node ${major}: it is that`, () => {
      assert.match(run(on, ["--version"]).stdout, new RegExp(`^v${major}\\.`));
    });
    attempt(`Node ${major}: the fake`, () => theFake(on));
    attempt(`Node ${major}: the fake codex`, () => theFakeCodex(on));
    attempt(`Node ${major}: the fake gemini`, () => theFakeGemini(on));
    attempt(`Node ${major}: the fake's tools`, () => theTools(on));
    if (FOR_THE_LIBRARY.includes(major)) {
      attempt(`Node ${major}: calls`, () => theLibrary(on));
      attempt(`Node ${major}: the ledger`, () => theLedger(on));
      attempt(`Node ${major}: the command line`, () => theCommandLine(on));
      attempt(`Node ${major}: the examples`, () => theExamples(on));
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function attempt(what, test) {
  try {
    test();
    console.log(`ok      ${what}`);
  } catch (error) {
    failures += 1;
    console.log(`FAILED  ${what}\n${error.stack}`);
  }
}

function run({ node, env }, args, more = {}) {
  return spawnSync(node, args, {
    encoding: "utf8",
    timeout: 60_000,
    stdio: ["pipe", "pipe", "pipe"],
    input: "",
    ...more,
    env: { ...env, ...more.env },
  });
}

function theFake(on) {
  for (const [mode, exitCode] of Object.entries(MODES)) {
    for (const format of [[], ["--output-format", "json"], ["--output-format", "stream-json", "--verbose"]]) {
      const schema = mode === "schema-missing" ? ["--json-schema", '{"type":"object"}'] : [];
      const { status, stdout, stderr } = run(on, [FAKE, "-p", "x", ...format, ...schema], {
        env: { FAKE_CLAUDE_MODE: mode },
      });
      assert.equal(status, exitCode, `${mode} ${format[1] ?? "text"}: ${stdout} ${stderr}`);
      assert.doesNotMatch(stderr, /fake claude:|Warning|\n {4}at /);
      if (format.length > 0 && mode !== "fail") assert.match(stdout, /"type":"result"/);
    }
  }
  // By its first line, as PATH would have it.
  const byName = spawnSync(FAKE, ["--version"], { encoding: "utf8", env: on.env, timeout: 60_000 });
  assert.deepEqual([byName.status, byName.stdout], [0, "2.1.329 (Claude Code) [fake]\n"]);
  const sdk = ["--input-format", "stream-json", "--output-format", "stream-json", "--verbose"];
  const message = '{"type":"user","message":{"role":"user","content":"hi"}}\n';
  const talk = run(on, [FAKE, ...sdk], { input: message, env: { FAKE_CLAUDE_MODE: "ok" } });
  assert.deepEqual([talk.status, talk.stderr], [0, ""]);
  assert.match(talk.stdout, /"subtype":"success"/);
}

function theFakeCodex(on) {
  const exec = ["exec", "--skip-git-repo-check"];
  for (const [mode, exitCode] of Object.entries(CODEX_MODES)) {
    for (const format of [[], ["--json"]]) {
      const { status, stderr } = run(on, [FAKE_CODEX, ...exec, ...format, "-"], {
        input: "Write.",
        env: { FAKE_CODEX_MODE: mode },
      });
      assert.equal(status, exitCode, `${mode} ${format[0] ?? "text"}: ${stderr}`);
      assert.doesNotMatch(stderr, /fake codex:|\n {4}at /);
    }
  }
  // By its first line, as PATH would have it.
  const env = { ...on.env, FAKE_CODEX_MODE: "ok", FAKE_CODEX_TEXT: "Hello" };
  const byName = spawnSync(FAKE_CODEX, [...exec, "-"], {
    encoding: "utf8",
    env,
    input: "x",
    timeout: 60_000,
  });
  assert.deepEqual([byName.status, byName.stdout], [0, "Hello\n"]);
}

function theFakeGemini(on) {
  for (const [mode, exitCode] of Object.entries(GEMINI_MODES)) {
    for (const format of ["json", "stream-json"]) {
      const prompt = 'List it.\n{"type":"object"}';
      const { status, stderr } = run(on, [FAKE_GEMINI, "-m", "x", "-o", format, "-p", prompt], {
        env: { FAKE_GEMINI_MODE: mode, GEMINI_CLI_NO_RELAUNCH: "true" },
      });
      assert.equal(status, exitCode, `${mode} ${format}: ${stderr}`);
      assert.doesNotMatch(stderr, /fake gemini:/);
    }
  }
  // By its first line, as PATH would have it, and by a child that it starts.
  const env = { ...on.env, FAKE_GEMINI_MODE: "ok", FAKE_GEMINI_TEXT: "Hello" };
  const byName = spawnSync(FAKE_GEMINI, ["-p", "x"], { encoding: "utf8", env, timeout: 60_000 });
  assert.deepEqual([byName.status, byName.stdout], [0, "Hello\n"]);
}

function theTools(on) {
  const log = join(on.home, "log");
  const env = {
    FAKE_CLAUDE_MODE: "fail,ok",
    FAKE_CLAUDE_STATE_DIR: join(on.home, "state"),
    FAKE_CLAUDE_LOG: log,
  };
  const codes = [0, 1].map(() => run(on, [FAKE, "-p", "x"], { env }).status);
  assert.deepEqual(codes, [1, 0]);
  const verify = join(ROOT, "fake-bin/claude-verify");
  assert.equal(run(on, [verify, log, "--calls", "2", "--modes", "fail,ok", "--all-used"]).status, 0);
  // stdin is at its end at once, which is when the server goes.
  const api = run(on, [join(ROOT, "fake-bin/anthropic-api"), "--mode", "ok"]);
  assert.equal(api.stderr, "");
}

/** A program of its own, as the built package is loaded by this Node. */
function program(on, source) {
  const code = `import assert from "node:assert/strict";
import { claude, command, defineCall, runClaude, runCommand, task } from "hardcall";
import { fakeClaude } from "hardcall/testing";
import * as z from "zod";
${source}`;
  const { status, stdout, stderr } = run(on, ["--input-type=module", "--eval", code], { cwd: ROOT });
  assert.equal(status, 0, `${stdout}${stderr}`);
  assert.doesNotMatch(stderr, /Warning/);
}

function theLibrary(on) {
  program(
    on,
    `assert.equal((await runCommand("sh", ["-c", "echo hello"], { timeout: "30s" })).value.trim(), "hello");
    await assert.rejects(runCommand("sh", ["-c", "exit 3"], { timeout: "30s" }), { code: "exit_nonzero", exitCode: 3 });
    await assert.rejects(runCommand("sleep", ["30"], { timeout: "300ms" }), { code: "timeout" });
    const add = defineCall({ name: "add", callee: task(async (n) => n + 1), timeout: "5s", effects: "none" });
    assert.equal((await add(1)).value, 2);
    const fake = await fakeClaude({ mode: ["overloaded", "ok"], env: { FAKE_CLAUDE_STRUCTURED: '{"n":1}' } });
    const count = defineCall({
      name: "count",
      callee: claude({ env: fake.env }),
      timeout: "50s",
      effects: "none",
      retry: { attempts: 2, baseDelay: 1 },
      output: z.object({ n: z.number() }),
    });
    assert.deepEqual((await count("Count.")).value, { n: 1 });
    assert.equal((await fake.calls()).length, 2);
    await fake[Symbol.asyncDispose]();`,
  );
}

function theLedger(on) {
  program(
    on,
    `const file = ${JSON.stringify(join(on.home, "ledger.db"))};
    let ran = 0;
    const send = defineCall({
      name: "send",
      callee: task(async () => ++ran),
      timeout: "20s",
      effects: "keyed",
      key: (input) => input,
      ledger: file,
    });
    assert.equal((await send("a")).outcome, "executed");
    const again = await send("a");
    assert.deepEqual([again.outcome, again.value, ran], ["replayed", 1, 1]);
    assert.equal((await send("b")).value, 2);`,
  );
}

/** From the repository, where they import the build by the package's name. */
function theExamples(on) {
  const path = { PATH: [join(ROOT, "fake-bin"), on.env.PATH].join(delimiter) };
  const outputs = {
    "bigquery-report-try.mts": /^after: 2 jobs started, 1 cancelled$/m,
    "claude-draft.mts": /"title"/,
    "detached-job.mts": /^executed: saved$/m,
    "property-configs/check.mts": /^6 configs, nothing unusual$/m,
    "publish-once-try.mts": /^publish-once, second run: recovered/m,
  };
  const args = {
    "detached-job.mts": ["backup", "sh", "-c", "echo saved"],
    "property-configs/check.mts": [join(ROOT, "examples/property-configs/honest")],
  };
  for (const [file, output] of Object.entries(outputs)) {
    const example = join(ROOT, "examples", file);
    const env = { FAKE_CLAUDE_MODE: "ok", ...path };
    const { stdout, stderr } = run(on, [example, ...(args[file] ?? [])], { env, cwd: on.home });
    assert.match(stdout, output, `${file}: ${stderr}`);
    assert.doesNotMatch(stderr, /Warning/);
  }
}

function theCommandLine(on) {
  const cli = join(ROOT, "dist/cli.js");
  const env = { FAKE_CLAUDE_MODE: "ok", FAKE_CLAUDE_TEXT: "A post." };
  const path = { PATH: [join(ROOT, "fake-bin"), on.env.PATH].join(delimiter) };
  const good = run(on, [cli, "claude", "--timeout", "40s", "Write."], { env: { ...env, ...path } });
  assert.deepEqual([good.status, good.stdout.trimEnd()], [0, "A post."], good.stderr);
  const bad = run(on, [cli, "run", "--timeout", "40s", "--", "sh", "-c", "exit 3"]);
  assert.deepEqual([bad.status, bad.stdout], [69, ""], bad.stderr);
  assert.equal(run(on, [cli, "nosuch"]).status, 2);
}
