import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { linesIn, PidFile, tempFolder, untilFile } from "../helpers/files.ts";
import { survivorsAfter } from "../helpers/processes.ts";
import { startHardcall } from "../helpers/run.ts";
import { Terminal } from "../helpers/terminal.ts";

const sh = (script: string, ...args: string[]) => ["--", "sh", "-c", script, ...args];
/** Goes on until its stdin, a pipe of the test's, ends: never. */
const FOREVER = "while :; do sleep 0.05; done";

const lastRow = ({ rows }: Terminal) => rows.at(-1) ?? "";
const shows = (text: string | RegExp) => (terminal: Terminal) => lastRow(terminal).search(text) !== -1;

describe("a long call on a terminal", () => {
  test("shows the seconds gone of those allowed, and takes the line away at its end", async () => {
    const terminal = new Terminal(["run", "--name", "it", "--timeout", "3500ms", ...sh(FOREVER)]);
    await terminal.until(shows(/^it: 2 s of 3.5 s$/));
    await terminal.until(shows(/^it: 3 s of 3.5 s$/));
    expect(await terminal.finished()).toBe(124);
    expect(terminal.rows).toEqual([
      expect.stringMatching(/^hardcall: The call "it" timed out after 3.5 s .*/),
      "",
    ]);
  });

  test("of which a limit comes from the environment shows that one", async () => {
    const terminal = new Terminal(["run", "--name", "it", "--timeout", "1h", ...sh(FOREVER)], {
      env: { HARDCALL_IT_TIMEOUT: "3s" },
    });
    await terminal.until(shows("it: 2 s of 3 s"));
    expect(await terminal.finished()).toBe(124);
  });

  test("says that it waits for a place of its resource", async () => {
    const folder = tempFolder();
    writeFileSync(path.join(folder, "limits.json"), '{ "resources": { "blog": { "concurrency": 1 } } }');
    const env = {
      HARDCALL_RESOURCES: path.join(folder, "limits.json"),
      HARDCALL_LEDGER: path.join(folder, "ledger.db"),
    };
    const limited = ["--timeout", "30s", "--resource", "blog"];
    const script = 'cd "$0"; echo >started; while [ ! -e go ]; do sleep 0.05; done; echo done';
    const holder = startHardcall(["run", ...limited, ...sh(script, folder)], { env });
    await linesIn(path.join(folder, "started"), 1);
    const terminal = new Terminal(["run", "--name", "it", ...limited, "--", "echo", "after"], { env });
    await terminal.until(shows(/^it: \d s of 30 s, waits for a place of blog$/));
    writeFileSync(path.join(folder, "go"), "");
    expect(await holder.finished).toMatchObject({ exitCode: 0 });
    expect(await terminal.finished()).toBe(0);
    expect(terminal.rows).toEqual(["after", ""]);
  });

  test("says which attempt it is at", async () => {
    const count = path.join(tempFolder(), "count");
    const script = `echo >>"$0"; [ $(wc -l <"$0") -lt 2 ] && exit 3; sleep 2.5; echo done`;
    const terminal = new Terminal([
      "run",
      "--name",
      "it",
      "--timeout",
      "20s",
      "--effects",
      "none",
      "--attempts",
      "2",
      ...sh(script, count),
    ]);
    await terminal.until(shows(/^it: [23] s of 20 s, attempt 2 of 2$/));
    expect(await terminal.finished()).toBe(0);
    expect(terminal.rows).toEqual(["hardcall: attempt 2 of 2", "done", ""]);
  });

  test("has the child's stderr above it, and is not drawn into a half line of the child's", async () => {
    const folder = tempFolder();
    const script = `echo one >&2; while [ ! -e go ]; do sleep 0.05; done; printf half >&2
      while [ ! -e end ]; do sleep 0.05; done; echo " and half" >&2; ${FOREVER}`;
    const terminal = new Terminal([
      "run",
      "--name",
      "it",
      "--timeout",
      "5s",
      ...sh(`cd "$0"; ${script}`, folder),
    ]);
    await terminal.until(shows(/^it: \d s of 5 s$/));
    expect(terminal.rows[0]).toBe("one");
    writeFileSync(path.join(folder, "go"), "");
    await terminal.until(shows(/^half$/));
    writeFileSync(path.join(folder, "end"), "");
    await terminal.until(shows(/^it: \d s of 5 s$/));
    expect(terminal.rows.slice(0, 2)).toEqual(["one", "half and half"]);
    expect(await terminal.finished()).toBe(124);
    expect(terminal.rows.slice(0, 2)).toEqual(["one", "half and half"]);
    expect(terminal.rows).toHaveLength(4);
  });

  test("fits the terminal, also when that becomes narrower", async () => {
    const terminal = new Terminal(["run", "--name", "a-long-name", "--timeout", "1h", ...sh(FOREVER)], {
      columns: 22,
    });
    await terminal.until(shows(/^a-long-name: \d s of 1$/));
    terminal.order({ columns: 10 });
    await terminal.until(shows(/^a-long-na$/));
    // It stood on three rows meanwhile.
    expect(terminal.bytes).toContain("\r\u001B[2A\u001B[J");
    terminal.order({ type: "\u0003" });
    expect(await terminal.finished()).toBe(130);
  });

  test("Ctrl-C leaves nothing of it", async () => {
    const terminal = new Terminal([
      "run",
      "--name",
      "it",
      "--timeout",
      "1h",
      ...sh(`trap '' TERM; ${FOREVER}`),
    ]);
    await terminal.until(shows(/it: \d+ s of 1 h$/));
    terminal.order({ type: "\u0003" });
    await terminal.until(shows(/stopping \(Ctrl-C again: leave at once\)$/));
    // The same signal at once would be one that was delivered twice.
    const seconds = new Set<string>();
    await terminal.until(
      (at) => seconds.add(/ (\d+) s of 1 h, stopping/.exec(lastRow(at))?.[1] ?? "").size > 2,
    );
    terminal.order({ type: "\u0003" });
    expect(await terminal.finished()).toBe(130);
    expect(terminal.rows).toEqual([""]);
  });

  test("Ctrl-Z takes it away before the shell prompts, and it comes back with the job", async () => {
    const terminal = new Terminal(["run", "--name", "it", "--timeout", "1h", ...sh(FOREVER)]);
    await terminal.until(shows(/it: \d+ s of 1 h$/));
    terminal.order({ type: "\u001A" });
    await terminal.until(shows(/^\$ $/));
    expect(terminal.rows).toEqual(["[Stopped]", "$ "]);
    terminal.order({ continue: true });
    await terminal.until(shows(/it: \d+ s of 1 h$/));
    terminal.order({ type: "\u001A" });
    await terminal.until(({ rows }) => rows.filter((row) => row.includes("[Stopped]")).length === 2);
    terminal.order({ continue: true });
    await terminal.until(shows(/it: \d+ s of 1 h$/));
    terminal.order({ type: "\u0003" });
    expect(await terminal.finished()).toBe(130);
  });

  test.each([
    ["a dumb terminal", { TERM: "dumb" }, []],
    ["a terminal without a name", { TERM: "" }, []],
    ["a log on stderr", {}, ["--log-level", "info"]],
  ])("shows no line on %s", async (_, env, flags) => {
    const args = [
      "run",
      "--name",
      "it",
      "--timeout",
      "3s",
      ...flags,
      ...sh(`echo "\u001B[31mred" >&2; ${FOREVER}`),
    ];
    const terminal = new Terminal(args, { env });
    expect(await terminal.finished()).toBe(124);
    expect(terminal.bytes).not.toContain("2 s of 3 s");
    expect(terminal.rows[0]).toBe("red");
    if ("TERM" in env) expect(terminal.bytes).not.toContain("\u001B");
  });

  test("shows no line while another job has the terminal", async () => {
    const terminal = new Terminal(["run", "--name", "it", "--timeout", "3s", ...sh(FOREVER)], {
      through: ["bash", "-mc", '"$@" & wait', "bash"],
    });
    await terminal.finished();
    expect(terminal.rows.join("\n")).toContain('The call "it" timed out');
    expect(terminal.bytes).not.toContain("2 s of 3 s");
  });

  test("of claude shows the tool in use, turns and tokens", async () => {
    const usage = { input_tokens: 2, cache_read_input_tokens: 12000, output_tokens: 300 };
    const message = { id: "msg_1", usage, content: [{ type: "tool_use", name: "Bash", input: {} }] };
    const done = { type: "user", message: { content: [{ type: "tool_result" }] } };
    const result = {
      type: "result",
      subtype: "success",
      is_error: false,
      result: "done",
      total_cost_usd: 0.125,
    };
    const events = [{ type: "assistant", parent_tool_use_id: null, message }, done, result];
    const [bin, go] = [path.join(tempFolder(), "claude"), path.join(tempFolder(), "go")];
    const waits = `while [ ! -e '${go}' ]; do sleep 0.05; done; rm '${go}'`;
    const prints = events.map((event) => `echo '${JSON.stringify(event)}'`).join(`; ${waits}; `);
    writeFileSync(bin, `#!/bin/sh\n${prints}; ${FOREVER}\n`, { mode: 0o755 });
    const terminal = new Terminal(["claude", "--timeout", "1h", "--claude-bin", bin, "hi"]);
    await terminal.until(shows(/^claude: \d+ s of 1 h, Bash, 1 turn, 12k tokens$/));
    writeFileSync(go, "");
    await terminal.until(shows(/^claude: \d+ s of 1 h, 1 turn, 12k tokens$/));
    writeFileSync(go, "");
    await terminal.until(shows(/^claude: \d+ s of 1 h, 1 turn, 12k tokens, \$0.13$/));
    terminal.order({ type: "\u0003" });
    // The answer was there before the signal.
    expect(await terminal.finished()).toBe(0);
    expect(terminal.rows).toEqual(["done", ""]);
  });
});

describe("the child's stderr on a terminal", () => {
  test("comes as it is printed, in its colours, and with nothing else that a terminal obeys", async () => {
    const script = String.raw`printf '\033[31mred\nstill\033[0m\033]0;title\007 \033[2J\033[?25l\001\302\233up\n' >&2; printf 'half\033[3' >&2; exit 3`;
    const terminal = new Terminal(["run", "--name", "it", "--timeout", "20s", ...sh(script)]);
    expect(await terminal.finished()).toBe(69);
    expect(terminal.bytes).toContain("\u001B[31mred\u001B[0m\r\nstill\u001B[0m \\x01\\x9bup");
    expect(terminal.rows).toEqual([
      "red",
      "still \\x01\\x9bup",
      "half\\x1b[3",
      expect.stringMatching(/^hardcall: The call "it" exited with code 3/),
      "",
    ]);
  });

  test("has no colours with NO_COLOR", async () => {
    const script = String.raw`printf '\033[31mred\033[0m\n' >&2; exit 3`;
    const args = ["run", "--name", "it", "--timeout", "20s", ...sh(script)];
    const terminal = new Terminal(args, { env: { NO_COLOR: "1" } });
    expect(await terminal.finished()).toBe(69);
    expect(terminal.bytes).not.toContain("\u001B[31m");
    expect(terminal.rows[0]).toBe("red");
  });

  test("is its end only with --stderr tail", async () => {
    const terminal = new Terminal([
      "run",
      "--name",
      "it",
      "--timeout",
      "20s",
      "--stderr",
      "tail",
      ...sh("echo why >&2; exit 3"),
    ]);
    expect(await terminal.finished()).toBe(69);
    expect(terminal.rows.slice(1)).toEqual(["    why", ""]);
  });

  test("that the terminal does not take holds up neither the child nor the deadline", async () => {
    const pids = new PidFile();
    const folder = tempFolder();
    const outcome = path.join(folder, "outcome.json");
    const flooded = path.join(folder, "flooded");
    // A child that had to wait for its reader would not come to its end.
    const script = `echo $$ >>"$0"; head -c 4000000 /dev/zero | tr '\\0' 'x' >&2; echo yes >"$1"; ${FOREVER}`;
    const terminal = new Terminal([
      "run",
      "--name",
      "it",
      "--timeout",
      "4s",
      "--outcome-file",
      outcome,
      ...sh(script, pids.path, flooded),
    ]);
    terminal.order({ reads: false });
    await linesIn(flooded, 1);
    await untilFile(outcome, () => existsSync(outcome));
    expect(JSON.parse(readFileSync(outcome, "utf8"))).toMatchObject({
      code: "timeout",
      stderrTail: expect.stringMatching(/^x{65536}$/),
    });
    expect(JSON.parse(readFileSync(outcome, "utf8")).durationMs).toBeLessThan(4000 + 3000);
    expect(await survivorsAfter(100, pids.pids())).toEqual([]);
    terminal.order({ reads: true });
    expect(await terminal.finished()).toBe(124);
    const [shown = "", notice, message] = terminal.bytes.split("\r\n");
    expect(message).toContain('The call "it" timed out after 4 s');
    const leftOut = /^\[hardcall: (\d+) bytes of stderr are not shown/.exec(notice ?? "")?.[1];
    // The last is the line break after the child's half line.
    expect(Number(leftOut) + shown.length).toBe(4_000_000 + 1);
  });

  test("that the terminal does not take keeps no signal from ending hardcall, once the call is over", async () => {
    const outcome = path.join(tempFolder(), "outcome.json");
    const { terminal, hardcall } = await flooding(["--timeout", "2s", "--outcome-file", outcome], FOREVER);
    await untilFile(outcome, () => existsSync(outcome));
    process.kill(hardcall, "SIGTERM");
    expect(await survivorsAfter(5000, [hardcall])).toEqual([]);
    terminal.order({ reads: true });
    expect(await terminal.finished()).toBe(143);
  });

  test("that the terminal does not take keeps no second signal from ending hardcall at once", async () => {
    const told = path.join(tempFolder(), "told");
    const { terminal, hardcall } = await flooding(
      ["--timeout", "1h", "--kill-grace", "1h"],
      `trap 'echo yes >"${told}"' TERM; ${FOREVER}`,
    );
    process.kill(hardcall, "SIGINT");
    await linesIn(told, 1);
    process.kill(hardcall, "SIGTERM");
    expect(await survivorsAfter(5000, [hardcall])).toEqual([]);
    terminal.order({ reads: true });
    expect(await terminal.finished()).toBe(143);
  });
});

test("an answer that the terminal does not take keeps no signal from ending hardcall", async () => {
  const pids = new PidFile();
  const outcome = path.join(tempFolder(), "outcome.json");
  const terminal = new Terminal([
    "run",
    "--timeout",
    "1h",
    "--outcome-file",
    outcome,
    ...sh(`echo $PPID >>"$0"; head -c 4000000 /dev/zero | tr '\\0' 'x'`, pids.path),
  ]);
  terminal.order({ reads: false });
  const [hardcall = 0] = await pids.reported(1);
  await untilFile(outcome, () => existsSync(outcome));
  process.kill(hardcall, "SIGTERM");
  expect(await survivorsAfter(5000, [hardcall])).toEqual([]);
  terminal.order({ reads: true });
  expect(await terminal.finished()).toBe(143);
});

/** hardcall in a terminal that takes nothing, with a child that has printed more than the terminal holds and goes on with a script. */
async function flooding(options: readonly string[], script: string) {
  const pids = new PidFile();
  const folder = tempFolder();
  const flooded = path.join(folder, "flooded");
  const flood = `while [ ! -e "$2" ]; do sleep 0.05; done; head -c 1000000 /dev/zero | tr '\\0' 'x' >&2; echo yes >"$1"`;
  const go = path.join(folder, "go");
  const terminal = new Terminal([
    "run",
    ...options,
    ...sh(`echo $PPID >>"$0"; ${flood}; ${script}`, pids.path, flooded, go),
  ]);
  const [hardcall = 0] = await pids.reported(1);
  terminal.order({ reads: false });
  writeFileSync(go, "");
  await linesIn(flooded, 1);
  return { terminal, hardcall };
}
