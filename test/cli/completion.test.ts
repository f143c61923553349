import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { optionsOf } from "../../src/cli/interface/command.ts";
import { bash } from "../../src/cli/completion/bash.ts";
import { fish } from "../../src/cli/completion/fish.ts";
import { zsh } from "../../src/cli/completion/zsh.ts";
import { COMMANDS, FIRST_WORDS, verbOf } from "../../src/cli/interface/commands.ts";
import { tempFolder } from "../helpers/files.ts";
import { hardcall, run } from "../helpers/run.ts";

const SCRIPTS = { bash, zsh, fish } as const;

/** What bash offers for the words so far, of which the last one is being typed. */
async function offered(words: readonly string[], setUp = ""): Promise<string[]> {
  const folder = tempFolder();
  mkdirSync(path.join(folder, "schemas"));
  writeFileSync(path.join(folder, "draft one.md"), "");
  const script = path.join(folder, ".completion");
  writeFileSync(script, bash());
  const program = `set -u; ${setUp}
    source "$1"; shift
    COMP_WORDS=("$@"); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); COMP_LINE="$*"; COMP_POINT=\${#COMP_LINE}
    _hardcall
    printf '%s\\n' "\${COMPREPLY[@]+"\${COMPREPLY[@]}"}"`;
  const end = await run("bash", ["--norc", "-c", program, "bash", script, "hardcall", ...words], {
    cwd: folder,
  });
  expect(end.exitCode).toBe(0);
  // Outside a completion bash's `compopt` has nothing to set, which the script does not mind.
  expect(end.stderr).toBe("");
  return end.stdout.toString().split("\n").filter(Boolean);
}

describe("bash", () => {
  test("offers the commands, and the verbs of a family", async () => {
    expect(await offered([""])).toEqual(FIRST_WORDS);
    expect(await offered(["le"])).toEqual(["ledger"]);
    expect(await offered(["ledger", ""])).toEqual(["list", "show", "resolve", "prune", "migrate"]);
    expect(await offered(["completion", ""])).toEqual(["bash", "zsh", "fish"]);
    expect(await offered(["help", "exit"])).toEqual(["exit-codes"]);
    expect(await offered(["help", "ledger", "resol"])).toEqual(["resolve"]);
    expect(await offered(["example", "publish-o"])).toEqual(["publish-once"]);
    expect(await offered(["example", "publish-once", ""])).toEqual(["schemas"]);
    expect(await offered(["fake-bin", "codex", "gem"])).toEqual(["gemini"]);
  });

  test.each(COMMANDS.map((command) => [command.name, command] as const))(
    "offers every option of hardcall %s, and no other",
    async (name, command) => {
      const all = [...Object.keys(optionsOf(command)).map((option) => `--${option}`), "--help"];
      expect(await offered([...name.split(" "), "--"])).toEqual(all);
    },
  );

  test("offers the same where the shell separates words at other characters", async () => {
    expect(await offered(["ledger", ""], "IFS=:;")).toEqual(["list", "show", "resolve", "prune", "migrate"]);
  });

  test("offers the values of an option that has a choice, with = too", async () => {
    expect(await offered(["run", "--timeout", "1m", "--effects", ""])).toEqual([
      "none",
      "keyed",
      "verifiable",
      "once",
    ]);
    expect(await offered(["run", "--effects", "=", "ver"])).toEqual(["verifiable"]);
    expect(await offered(["run", "--effects", "="])).toHaveLength(4);
    expect(await offered(["ledger", "resolve", "a", ":", "key", "--as", "d"])).toEqual(["done"]);
  });

  test("offers files, folders and variables after the options that take one, and nothing after others", async () => {
    expect(await offered(["run", "--schema", "dra"])).toEqual(["draft one.md"]);
    expect(await offered(["run", "--fingerprint-cwd", ""])).toEqual(["schemas"]);
    expect(await offered(["run", "--fingerprint-env", "REGION_OF_"], "export REGION_OF_TEST=1;")).toEqual([
      "REGION_OF_TEST",
    ]);
    expect(await offered(["run", "--timeout", ""])).toEqual([]);
    expect(await offered(["dedupe", "check", "--scope", "posts", "d"])).toEqual(["draft one.md"]);
  });

  test("offers the names of resources, where one is wanted", async () => {
    const ours = `hardcall() { echo "$*" >> asked; printf 'RESOURCE   PLACES\\nanthropic  1 of 3\\nbigquery   0 of 1\\n'; };`;
    expect(await offered(["run", "--resource", ""], ours)).toEqual(["anthropic", "bigquery"]);
    expect(await offered(["claude", "--resource", "=", "b"], ours)).toEqual(["bigquery"]);
    expect(await offered(["resource", "show", ""], ours)).toEqual(["anthropic", "bigquery"]);
    expect(await offered(["resource", "close", "--by", "ann", "anth"], ours)).toEqual(["anthropic"]);
    expect(await offered(["resource", ""], "hardcall() { exit 1; };")).toEqual([
      "list",
      "show",
      "open",
      "close",
    ]);
    expect(
      await offered(["resource", "show", ""], "hardcall() { echo 'no ledger' >&2; return 2; };"),
    ).toEqual([]);
  });

  test("leaves the wrapped command to its own completion", async () => {
    expect(await offered(["run", "--timeout", "1m", "--", "bas"])).toContain("bash");
    expect(await offered(["run", "--timeout", "1m", "--", "cat", "--e"])).toEqual([]);
    expect(await offered(["run", "--timeout", "1m", "cat", "dra"])).toEqual(["draft one.md"]);
    const withBashCompletion = '_command_offset() { COMPREPLY=("from $1"); };';
    expect(await offered(["run", "--timeout", "1m", "--", "git", "ch"], withBashCompletion)).toEqual([
      "from 5",
    ]);
  });

  test("works at a prompt", async () => {
    const folder = tempFolder();
    writeFileSync(path.join(folder, "completion.bash"), bash());
    writeFileSync(path.join(folder, "draft one.md"), "");
    const keys = `source ./completion.bash\nhardcall() { echo "typed:$* ($#)"; }\nhardcall ru\t--effects=ver\t--schema dra\t\nexit\n`;
    const program = `import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.execvp("bash", ["bash", "--norc", "--noprofile", "-i"])
os.write(fd, sys.stdin.buffer.read())
while True:
    try:
        data = os.read(fd, 4096)
    except OSError:
        break
    if not data:
        break
    sys.stdout.buffer.write(data)
os.waitpid(pid, 0)`;
    const end = await run("python3", ["-c", program], { cwd: folder, stdin: keys });
    expect(end.stdout.toString()).toMatch(/typed:run --effects=verifiable --schema draft one\.md \(4\)/);
  });
});

describe.each(Object.entries(SCRIPTS))("the script for %s", (shell, script) => {
  test("has every command and every option", () => {
    for (const command of COMMANDS) {
      expect(script()).toContain(verbOf(command));
      for (const option of Object.keys(optionsOf(command))) expect(script()).toContain(option);
    }
  });

  test("is what hardcall completion prints", async () => {
    const end = await hardcall(["completion", shell]);
    expect(end).toMatchObject({ exitCode: 0, stderr: "" });
    expect(end.stdout.toString()).toBe(script());
  });
});

test("a shell that is not there is refused", async () => {
  const end = await hardcall(["completion", "tcsh"]);
  expect(end).toMatchObject({ exitCode: 2 });
  expect(end.stderr).toBe(
    'hardcall: there is no completion for "tcsh"; give bash, zsh or fish\nTry: hardcall completion --help\n',
  );
});

const installed = (shell: string) =>
  (process.env["PATH"] ?? "").split(path.delimiter).some((folder) => existsSync(path.join(folder, shell)));

// bash is on every machine that runs these tests; of the others, those that are there read their script too.
for (const shell of (["zsh", "fish"] as const).filter(installed)) {
  test(`${shell} reads its script`, async () => {
    const file = path.join(tempFolder(), "script");
    writeFileSync(file, SCRIPTS[shell]());
    expect(await run(shell, ["-n", file])).toMatchObject({ exitCode: 0, stderr: "" });
  });
}

for (const fishShell of ["fish"].filter(installed)) {
  test.each([
    ["ledger ", ["list", "show", "resolve", "prune", "migrate"]],
    ["run --effects ", ["none", "keyed", "verifiable", "once"]],
    ["ledger resolve a --as ", ["done", "absent"]],
    ["example publish-o", ["publish-once"]],
    ["fake-bin codex gem", ["gemini"]],
    ["resource show ", ["anthropic", "bigquery"]],
    ["run --resource ", ["anthropic", "bigquery"]],
    ["run --timeout ", []],
    ["run --timeout 1m -- cat dra", ["draft.md"]],
  ])(`fish offers for %j: %j`, async (words, values) => {
    const folder = tempFolder();
    writeFileSync(path.join(folder, "draft.md"), "");
    writeFileSync(path.join(folder, "hardcall.fish"), fish());
    const names = "function hardcall; printf 'RESOURCE\\nanthropic  1 of 3\\nbigquery  0 of 1\\n'; end";
    const program = `source hardcall.fish; ${names}; complete -C ${JSON.stringify(`hardcall ${words}`)}`;
    const end = await run(fishShell, ["--no-config", "-c", program], { cwd: folder });
    const found = end.stdout.toString().split("\n").filter(Boolean);
    expect(new Set(found.map((line) => line.split("\t")[0]))).toEqual(new Set(values));
  });
}
