import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { fixture, linesOf, ROOT, tempFolder } from "../helpers/files.ts";
import { hardcall, OPEN, run } from "../helpers/run.ts";

const manifest = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as { version: string };

describe("a command line that cannot be right starts nothing, and says why", () => {
  const mark = () => path.join(tempFolder(), "mark");
  const cases: readonly (readonly [string, readonly string[], string])[] = [
    ["no timeout", [], "--timeout is missing; every call needs one, such as --timeout 10m"],
    ["a timeout of 0", ["--timeout", "0"], '--timeout is "0"; a duration must be greater than 0.'],
    [
      "a timeout that is none",
      ["--timeout", "soon"],
      '--timeout is "soon"; give milliseconds, or a string such as "90s", "10m" or "1h30m".',
    ],
    [
      "a timeout too long for a timer",
      ["--timeout", "30d"],
      '--timeout is "30d"; the longest duration is 2147483647 ms (about 24 days).',
    ],
    [
      "retry without permission",
      ["--timeout", "1m", "--attempts", "3"],
      '--attempts cannot be used with --effects "once": a retry could do the work twice; remove --attempts, or give --effects "none" if a repeat does no harm.',
    ],
    [
      "attempts that are no number",
      ["--timeout", "1m", "--attempts", "many"],
      '--attempts is "many"; give a whole number',
    ],
    [
      "effects that do not exist",
      ["--timeout", "1m", "--effects", "some"],
      '--effects is "some"; give one of none, keyed, verifiable, once',
    ],
    [
      "a name that is none",
      ["--timeout", "1m", "--name", "No Name"],
      "name must be 1 to 64 characters: a-z, 0-9 and single hyphens",
    ],
    [
      "an unknown flag",
      ["--timeout", "1m", "--tiemout", "2m"],
      "--tiemout is not an option of hardcall run; did you mean --timeout?\nTry: hardcall run --help\n",
    ],
    [
      "the beginning of one flag only",
      ["--time", "1m"],
      "--time is not an option of hardcall run; did you mean --timeout?\n",
    ],
    [
      "a schema that is not there",
      ["--timeout", "1m", "--schema", "/nowhere.json"],
      '--schema "/nowhere.json" cannot be read',
    ],
    [
      "a schema that cannot be checked",
      ["--timeout", "1m", "--schema", fixture("no-such-type.schema.json")],
      "is not a JSON Schema that hardcall can check: schema is invalid: data/properties/title/type must be",
    ],
    ["evidence of nothing", ["--timeout", "1m", "--evidence-command", " "], "--evidence-command is blank"],
    [
      "a probe of nothing",
      ["--timeout", "1m", "--effects", "verifiable", "--key", "a", "--probe", "# to do"],
      "--probe is blank",
    ],
    [
      "a kill grace that is none",
      ["--timeout", "1m", "--kill-grace", "x"],
      '--kill-grace is "x"; give milliseconds',
    ],
    [
      "no room for output",
      ["--timeout", "1m", "--max-output", "0"],
      "--max-output is 0; give a whole number of bytes",
    ],
  ];
  for (const [title, flags, sentence] of cases) {
    test(title, async () => {
      const file = mark();
      const end = await hardcall(["run", ...flags, "--", fixture("leaves-a-mark.sh"), file]);
      expect(end.stderr).toContain(sentence);
      expect(end.exitCode).toBe(2);
      expect(end.stdout).toHaveLength(0);
      expect(existsSync(file)).toBe(false);
    });
  }

  test.each(["--__proto__=3", "--constructor=3", "--toString=3", "--constructor"])(
    "%s is an option of no command, although every object has a property of that name",
    async (option) => {
      const end = await hardcall(["run", option, "--timeout", "1m", "--", "echo", "started"]);
      expect(end).toMatchObject({ exitCode: 2 });
      expect(end.stderr).toMatch(/^hardcall: --\w+ is not an option of hardcall run\n/);
    },
  );

  test.each(["–-timeout", "—timeout=1m", "−−", "––"])(
    "%s begins with a dash that is no hyphen, as an editor or a chat makes them",
    async (word) => {
      const end = await hardcall(["run", "--timeout", "1m", word, "echo", "started"]);
      expect(end).toMatchObject({ exitCode: 2 });
      expect(end.stderr).toContain(
        "a word begins with a dash that is not a hyphen (-), as editors make it; type it again, or put -- before the command",
      );
    },
  );

  test("a program may have such a name, behind --", async () => {
    const end = await hardcall(["run", "--timeout", "1m", "--", "—timeout"]);
    expect(end.exitCode).toBe(127);
  });

  test("no command", async () => {
    const end = await hardcall(["run", "--timeout", "1m"]);
    expect(end.exitCode).toBe(2);
    expect(end.stderr).toBe(
      "hardcall: there is no command; put it after --, such as: -- pg_dump prod\nTry: hardcall run --help\n",
    );
  });

  test.each([
    [
      ["run", "--model", "x"],
      "--model is not an option of hardcall run, but of hardcall claude, hardcall codex, and hardcall gemini",
      "run",
    ],
    [["run", "-x"], "-x is not an option of hardcall run", "run"],
    [["run", "--timeout"], "--timeout needs a value, such as --timeout 10m", "run"],
    [["run", "--schema"], "--schema needs a value: --schema FILE", "run"],
    [["run", "--json=1"], "--json takes no value; write --json alone", "run"],
    [
      ["claude", "--timeout", "--json"],
      "--timeout needs a value, and an option follows; if that word is the value, join them: --timeout=VALUE",
      "claude",
    ],
    [["ledger", "lst"], '"lst" is not a command of hardcall ledger; did you mean "list"?', "ledger"],
    [
      ["ledger", "resolve", "a", "--as", "dome"],
      '--as is "dome"; give one of done, absent',
      "ledger resolve",
    ],
    [["doctor", "now"], '"now" is one word too many for hardcall doctor', "doctor"],
  ] as const)("%j", async (args, sentence, name) => {
    const end = await hardcall(args);
    expect(end).toMatchObject({ exitCode: 2 });
    expect(end.stderr).toContain(`hardcall: ${sentence}`);
    expect(end.stderr.endsWith(`\nTry: hardcall ${name} --help\n`)).toBe(true);
  });

  test("what is wrong with the options of hardcall ledger is said before a ledger is looked for", async () => {
    const nowhere = ["--ledger", path.join(tempFolder(), "none.db")];
    const wrong = [
      [["list", "--older-than", "long"], '--older-than is "long"; give milliseconds'],
      [["list", "--limit", "0"], "--limit is 0; give 1 or more"],
      [["prune", "--retention", "long"], '--retention is "long"; give milliseconds'],
      [["resolve", "a"], "--as is missing; give done (it happened) or absent (it did not)"],
      [["resolve", "a", "--as", "done", "--by", " "], "give --by (who looked) and --why (what was found)"],
    ] as const;
    for (const [args, sentence] of wrong) {
      const end = await hardcall(["ledger", ...args, ...nowhere]);
      expect(end).toMatchObject({ exitCode: 2 });
      expect(end.stderr).toContain(sentence);
    }
  });

  test("--evidence-within alone is refused, as it would do nothing", async () => {
    const end = await hardcall(["run", "--timeout", "1m", "--evidence-within", "1s", "--", "echo"]);
    expect(end).toMatchObject({ exitCode: 2 });
    expect(end.stderr).toContain("--evidence-within needs --evidence-file or --evidence-command");
  });

  test.each([
    [
      ["claude", "--timeout", "1m", "- write it\n- and publish it"],
      "a word that begins with a hyphen was read as an option; if it is not one, put -- before it",
    ],
    [
      ["claude", "--timeout", "1m", "--system-prompt", "- be brief and secret", "Write it"],
      "--system-prompt needs a value, and an option follows; if that word is the value, join them: --system-prompt=VALUE",
    ],
  ])("a prompt that looks like an option is not shown: %j", async (args, sentence) => {
    const end = await hardcall(args);
    expect(end).toMatchObject({ exitCode: 2 });
    expect(end.stderr).toBe(`hardcall: ${sentence}\nTry: hardcall claude --help\n`);
  });

  test("an unknown subcommand", async () => {
    const end = await hardcall(["rnu"]);
    expect(end.exitCode).toBe(2);
    expect(end.stderr).toBe(
      'hardcall: "rnu" is not a command of hardcall; did you mean "run"?\nTry: hardcall --help\n',
    );
  });

  test("a prompt in several words", async () => {
    const end = await hardcall(["claude", "--timeout", "1m", "Write", "it"]);
    expect(end.exitCode).toBe(2);
    expect(end.stderr).toContain("give one prompt, in quotes, after the options");
  });

  test("a blank prompt", async () => {
    const end = await hardcall(["claude", "--timeout", "1m"], { stdin: " \n" });
    expect(end.exitCode).toBe(2);
    expect(end.stderr).toContain("the prompt is blank");
  });

  test("a prompt that does not come to its end", async () => {
    const end = await hardcall(["claude", "--timeout", "500ms"], { stdin: OPEN });
    expect(end.exitCode).toBe(2);
    expect(end.stderr).toContain("stdin did not end within the timeout, so the prompt is not complete");
  });

  test("a value of the environment that does not parse is named", async () => {
    const end = await hardcall(["run", "--timeout", "1m", "--name", "night-job", "--", "echo", "hi"], {
      env: { HARDCALL_NIGHT_JOB_TIMEOUT: "forever" },
    });
    expect(end.exitCode).toBe(2);
    expect(end.stderr).toContain('The environment variable HARDCALL_NIGHT_JOB_TIMEOUT is "forever"');
  });
});

describe("--outcome-file", () => {
  test("holds the whole outcome, for its owner only", async () => {
    const file = path.join(tempFolder(), "outcome.json");
    const end = await hardcall(["run", "--timeout", "20s", "--outcome-file", file, "--", "echo", "hello"]);
    expect(end.exitCode).toBe(0);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const { callId, durationMs, attempts, ...rest } = JSON.parse(readFileSync(file, "utf8")) as Record<
      string,
      unknown
    >;
    expect(callId).toMatch(/^[0-9a-f-]{36}$/);
    expect(durationMs).toBeGreaterThan(0);
    expect(attempts).toHaveLength(1);
    expect(rest).toEqual({
      ok: true,
      name: "echo",
      outcome: "executed",
      value: "hello",
      exitCode: 0,
      stdoutBytes: 6,
      stdoutSha256: "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03",
      stdoutTail: "hello\n",
      stderrTail: "",
    });
  });

  test("is there for a failure too, and replaces an older one that others could read", async () => {
    const file = path.join(tempFolder(), "outcome.json");
    writeFileSync(file, "{}", { mode: 0o644 });
    const end = await hardcall([
      "run",
      "--timeout",
      "20s",
      "--outcome-file",
      file,
      "--",
      "sh",
      "-c",
      "exit 3",
    ]);
    expect(end.exitCode).toBe(69);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({
      ok: false,
      code: "exit_nonzero",
      exitCode: 3,
      outcome: "failed",
      effect: "unknown",
      retryable: false,
      message: expect.stringContaining(
        "exited with code 3 after 0 bytes on stdout and 0 on stderr",
      ) as string,
    });
  });

  test("that cannot be written is found out before anything starts", async () => {
    const folder = tempFolder();
    const mark = path.join(folder, "mark");
    const file = path.join(folder, "missing/outcome.json");
    const args = ["--timeout", "20s", "--outcome-file", file, "--", fixture("leaves-a-mark.sh"), mark];
    const end = await hardcall(["run", ...args]);
    expect(end.exitCode).toBe(2);
    expect(end.stderr).toContain("--outcome-file cannot be written: ENOENT");
    expect(existsSync(mark)).toBe(false);
  });
});

describe("stdout", () => {
  test("is the command's, byte for byte", async () => {
    const { stdout, exitCode } = await hardcall([
      "run",
      "--timeout",
      "20s",
      "--",
      fixture("prints-bytes.sh"),
    ]);
    expect(exitCode).toBe(0);
    expect(stdout.equals(Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)))).toBe(true);
  });

  test("is what x=$(…) captures, and nothing when the contract broke", async () => {
    const script = `
      x=$("$NODE" "$CLI" run --timeout 20s -- sh -c 'echo one; echo two') && printf '%s|' "$x"
      y=$("$NODE" "$CLI" run --timeout 20s -- sh -c 'echo half; exit 1' 2>/dev/null) || printf '%s,%s' "$?" "$y"`;
    const { stdout } = await run("sh", ["-c", script], {
      env: { NODE: process.execPath, CLI: path.join(ROOT, "src/cli.ts") },
    });
    expect(stdout.toString()).toBe("one\ntwo|69,");
  });

  test("stays empty for blank output, unless that is allowed", async () => {
    const blank = ["--", "printf", "\\033[0m \\342\\200\\213\\n"];
    const refused = await hardcall(["run", "--timeout", "20s", ...blank]);
    expect(refused).toMatchObject({ exitCode: 65 });
    expect(refused.stdout).toHaveLength(0);
    expect(refused.stderr).toContain('The call "printf" printed 9 invisible bytes.');
    const allowed = await hardcall(["run", "--timeout", "20s", "--allow-empty", ...blank]);
    expect(allowed.exitCode).toBe(0);
    expect(allowed.stdout).toHaveLength(9);
  });

  test("stays empty when it is shorter than --min-bytes", async () => {
    const end = await hardcall(["run", "--timeout", "20s", "--min-bytes", "7", "--", "echo", "hello"]);
    expect(end.exitCode).toBe(65);
    expect(end.stdout).toHaveLength(0);
    expect(end.stderr).toContain("printed 6 bytes on stdout, fewer than --min-bytes (7)");
  });

  test("a reader that has gone is no failure", async () => {
    const script = `"$NODE" "$CLI" run --timeout 20s -- sh -c 'yes | head -c 1000000' | head -c 2; echo "\${PIPESTATUS[0]}"`;
    const { stdout } = await run("bash", ["-c", script], {
      env: { NODE: process.execPath, CLI: path.join(ROOT, "src/cli.ts") },
    });
    expect(stdout.toString()).toBe("y\n0\n");
  });
});

describe("--json and --schema of a command", () => {
  const schemaFile = () => {
    const file = path.join(tempFolder(), "schema.json");
    const schema = {
      type: "object",
      properties: { max_daily_posts: { type: "integer", minimum: 1 } },
      required: ["max_daily_posts"],
    };
    writeFileSync(file, JSON.stringify(schema));
    return file;
  };

  test("a fitting output goes through as it was printed", async () => {
    const text = '{ "max_daily_posts": 3,  "more": 1e0 }\n';
    const end = await hardcall([
      "run",
      "--timeout",
      "20s",
      "--schema",
      schemaFile(),
      "--",
      "printf",
      "%s",
      text,
    ]);
    expect(end.stdout.toString()).toBe(text);
  });

  test("an output that does not fit says where, not what", async () => {
    const end = await hardcall([
      "run",
      "--timeout",
      "20s",
      "--schema",
      schemaFile(),
      "--",
      "echo",
      '{"max_daily_posts":0}',
    ]);
    expect(end.exitCode).toBe(65);
    expect(end.stdout).toHaveLength(0);
    expect(end.stderr).toBe(
      'hardcall: The call "echo" gave an output that does not fit the schema: 1 issue, at max_daily_posts. ' +
        "Compare the output with the schema; --outcome-file FILE keeps its end.\n",
    );
  });

  test("an output that is not JSON", async () => {
    const end = await hardcall(["run", "--timeout", "20s", "--json", "--", "echo", "{half"]);
    expect(end.exitCode).toBe(65);
    expect(end.stderr).toContain("6 bytes that are not JSON");
  });
});

describe("stdin", () => {
  test("is not handed on by itself", async () => {
    const end = await hardcall(["run", "--timeout", "20s", "--allow-empty", "--", "cat"], {
      stdin: "secret",
    });
    expect(end.stdout.toString()).toBe("");
  });

  test("is handed on with --stdin", async () => {
    const end = await hardcall(["run", "--timeout", "20s", "--stdin", "--", "cat"], { stdin: "given" });
    expect(end.stdout.toString()).toBe("given");
  });
});

describe("exit codes of what could not start", () => {
  test("127: not found", async () => {
    const end = await hardcall(["run", "--timeout", "20s", "--", "no-such-command-at-all"]);
    expect(end.exitCode).toBe(127);
    expect(end.stderr).toContain('the command "no-such-command-at-all" was not found on PATH (ENOENT)');
  });

  test("126: a folder", async () => {
    const end = await hardcall(["run", "--timeout", "20s", "--", "/usr/lib"]);
    expect(end.exitCode).toBe(126);
    expect(end.stderr).toContain('the command "lib" is a folder (EACCES)');
  });

  test("126: found but not executable", async () => {
    const file = path.join(tempFolder(), "script");
    writeFileSync(file, "#!/bin/sh\necho hi\n");
    chmodSync(file, 0o644);
    const end = await hardcall(["run", "--timeout", "20s", "--", file]);
    expect(end.exitCode).toBe(126);
    expect(end.stderr).toContain('the command "script" was found but is not executable (EACCES)');
  });
});

test("an idle limit ends a command that goes silent", async () => {
  const end = await hardcall([
    "run",
    "--timeout",
    "60s",
    "--idle-timeout",
    "500ms",
    "--",
    "sh",
    "-c",
    "echo one; sleep 60",
  ]);
  expect(end.exitCode).toBe(124);
  expect(end.stdout).toHaveLength(0);
  expect(end.stderr).toContain("showed no sign of life for 500 ms (idle limit)");
});

test("the environment shortens a timeout", async () => {
  const end = await hardcall(["run", "--timeout", "60s", "--name", "night-job", "--", "sleep", "60"], {
    env: { HARDCALL_NIGHT_JOB_TIMEOUT: "400ms" },
  });
  expect(end.exitCode).toBe(124);
  expect(end.stderr).toContain("timed out after 400 ms");
});

test("flags end where the command begins", async () => {
  const end = await hardcall(["run", "--timeout", "20s", "echo", "--timeout", "--json"]);
  expect(end.stdout.toString()).toBe("--timeout --json\n");
});

test("a call does not answer to another's variable: names that would are refused, and none is made so", async () => {
  for (const name of ["sync-attempt", "sync-idle"]) {
    const end = await hardcall(["run", "--timeout", "1m", "--name", name, "--", "echo", "hi"]);
    expect(end.exitCode).toBe(2);
    expect(end.stderr).toContain(
      `name must not end with -attempt or -idle: HARDCALL_${name.toUpperCase().replace("-", "_")}_TIMEOUT would also change the call "sync"`,
    );
  }
  const command = path.join(tempFolder(), "sync-attempt");
  symlinkSync("/bin/echo", command);
  const end = await hardcall(["run", "--timeout", "20s", "--", command, "hi"], {
    env: { HARDCALL_SYNC_ATTEMPT_TIMEOUT: "not for this call" },
  });
  expect(end).toMatchObject({ exitCode: 0 });
});

test("attempts are made while they may be", async () => {
  const mark = path.join(tempFolder(), "mark");
  const end = await hardcall([
    "run",
    "--timeout",
    "60s",
    "--effects",
    "none",
    "--attempts",
    "3",
    "--",
    "sh",
    "-c",
    'echo x >>"$0"; exit 1',
    mark,
  ]);
  expect(end.exitCode).toBe(69);
  expect(end.stderr).toContain("It was tried 3 times (1: exited with code 1 ");
  expect(linesOf(mark)).toHaveLength(3);
});

describe("what hardcall tells of itself", () => {
  test("--help after the command is the command's", async () => {
    const end = await hardcall(["run", "--timeout", "20s", "--", "echo", "--help"]);
    expect(end.stdout.toString()).toMatch(/^Usage: echo /);
  });

  test("--version", async () => {
    const end = await hardcall(["--version"]);
    expect(end).toMatchObject({ exitCode: 0, stderr: "" });
    expect(end.stdout.toString()).toBe(`${manifest.version}\n`);
  });

  test("fake-bin prints a folder that has a claude for PATH", async () => {
    const end = await hardcall(["fake-bin"]);
    const folder = end.stdout.toString().trimEnd();
    const { stdout } = await run("claude", ["--version"], {
      env: { PATH: `${folder}:${process.env["PATH"]}` },
    });
    expect(stdout.toString()).toBe("2.1.329 (Claude Code) [fake]\n");
  });

  test("doctor tries what it says", async () => {
    const folder = tempFolder();
    mkdirSync(path.join(folder, "bin"));
    const end = await hardcall(["doctor"]);
    expect(end.exitCode).toBe(0);
    expect(end.stdout.toString()).toMatch(/^yes {2}a deadline holds .* was gone after \d+ ms$/m);
    expect(end.stdout.toString()).toMatch(/^yes {2}escaped descendants are ended/m);
    expect(end.stdout.toString()).toMatch(/^yes {2}children die with a killed host/m);
  });
});
