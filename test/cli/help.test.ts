import path from "node:path";
import { describe, expect, test } from "vitest";
import { ENVIRONMENT } from "../../src/cli/interface/environment.ts";
import { EXIT_CODES } from "../../src/cli/interface/exit-code.ts";
import { optionsOf } from "../../src/cli/interface/command.ts";
import { COMMANDS, FAMILIES } from "../../src/cli/interface/commands.ts";
import { ROOT } from "../helpers/files.ts";
import { hardcall, run } from "../helpers/run.ts";

/** stdout is no terminal here; what a developer's own shell says of colours is left out. */
const PLAIN = { NO_COLOR: undefined, FORCE_COLOR: undefined };

const help = async (args: readonly string[], env: Readonly<Record<string, string | undefined>> = PLAIN) => {
  const end = await hardcall(args, { env });
  expect(end).toMatchObject({ exitCode: 0, stderr: "" });
  return end.stdout.toString();
};

const optionsIn = (text: string) => [...text.matchAll(/^ {2}--([a-z-]+)/gm)].map(([, name]) => name);

describe("each command has a help of its own", () => {
  for (const command of COMMANDS) {
    test(`hardcall ${command.name} --help`, async () => {
      const text = await help([...command.name.split(" "), "--help"]);
      expect(text).toMatch(new RegExp(`^hardcall ${command.name}: `));
      expect(text).toContain(`\nUsage: hardcall ${`${command.name} ${command.usage}`.trim()}\n`);
      expect(optionsIn(text)).toEqual(Object.keys(optionsOf(command)));
      expect(text.split("\n").filter((line) => line.length > 100)).toEqual([]);
      expect(await help(["help", ...command.name.split(" ")])).toBe(text);
    });
  }

  for (const { name } of FAMILIES) {
    test(`hardcall ${name} --help lists its commands`, async () => {
      const text = await help([name, "--help"]);
      for (const command of COMMANDS.filter((each) => each.name.startsWith(`${name} `)))
        expect(text).toContain(command.summary);
      expect(await help(["help", name])).toBe(text);
    });
  }

  test.each([
    ["run", "--timeout", "1m", "-h"],
    ["run", "--no-such-option", "--help", "--", "echo"],
    ["ledger", "show", "a-key", "-h"],
    ["dedupe", "--scope", "s", "check", "-h"],
  ])("also among other words: %s %s %s %s", async (...args) => {
    const name = args.find((word, index) => index > 0 && ["show", "check"].includes(word));
    expect(await help(args)).toMatch(`Usage: hardcall ${[args[0], name].join(" ").trim()} `);
  });
});

describe("the overview", () => {
  test("fits on one screen, and names every command", async () => {
    const text = await help(["--help"]);
    expect(await help(["help"])).toBe(text);
    expect(await help(["-h"])).toBe(text);
    const lines = text.split("\n");
    expect(lines.length).toBeLessThanOrEqual(24);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    for (const { name } of COMMANDS) expect(text).toMatch(new RegExp(`^ {2}${name.split(" ")[0]} +\\S`, "m"));
  });

  test("is shown without a command, which is no success", async () => {
    const end = await hardcall([], { env: PLAIN });
    expect(end.exitCode).toBe(2);
    expect(end.stdout.toString()).toBe(await help(["--help"]));
  });
});

test("help exit-codes has every exit code with the errors that end so", async () => {
  const text = await help(["help", "exit-codes"]);
  for (const { exit, codes } of EXIT_CODES) {
    expect(text).toMatch(new RegExp(`^ {2}${exit} {2}`, "m"));
    for (const code of codes) expect(text).toContain(code);
  }
});

test("help environment has every variable", async () => {
  const text = await help(["help", "environment"]);
  for (const { variables } of ENVIRONMENT)
    // A long name has a line of its own.
    for (const name of Object.keys(variables))
      expect(text).toMatch(new RegExp(`^ {2}${name}(?: {2}|$)`, "m"));
});

test("help for what is not there names what is near", async () => {
  const end = await hardcall(["help", "ledger", "resolv"]);
  expect(end).toMatchObject({ exitCode: 2 });
  expect(end.stderr).toBe(
    'hardcall: there is no help for "ledger resolv"; did you mean hardcall help ledger resolve?\nTry: hardcall help --help\n',
  );
});

describe("colours", () => {
  const ESCAPE = "\u001B[";
  test.each([
    ["stdout is no terminal", PLAIN, false],
    ["FORCE_COLOR", { ...PLAIN, FORCE_COLOR: "1" }, true],
    ["FORCE_COLOR=0", { ...PLAIN, FORCE_COLOR: "0" }, false],
  ])("%s", async (_title, env, are) => {
    expect((await help(["run", "--help"], env)).includes(ESCAPE)).toBe(are);
    const { stdout } = await hardcall(["doctor"], { env });
    expect(stdout.toString().includes(`${ESCAPE}32myes`)).toBe(are);
  });

  test.each([
    ["by themselves", { TERM: "xterm-256color" }, true],
    ["not with NO_COLOR", { TERM: "xterm-256color", NO_COLOR: "1" }, false],
    ["with an empty NO_COLOR, which is none", { TERM: "xterm-256color", NO_COLOR: "" }, true],
    ["not where TERM is dumb", { TERM: "dumb" }, false],
  ])("on a terminal: %s", async (_title, env, are) => {
    const program = "import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)";
    const argv = [process.execPath, path.join(ROOT, "src/cli.ts"), "run", "--help"];
    const end = await run("python3", ["-c", program, ...argv], {
      env: { ...PLAIN, COLORTERM: undefined, CI: undefined, ...env },
    });
    expect(end.exitCode).toBe(0);
    expect(end.stdout.toString()).toContain("--timeout D");
    expect(end.stdout.toString().includes(`${ESCAPE}1m`)).toBe(are);
  });
});
