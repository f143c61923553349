import { expect, test } from "vitest";
import { CLAUDE } from "../../src/cli/interface/claude.ts";
import { CODEX } from "../../src/cli/interface/codex.ts";
import type { Command } from "../../src/cli/interface/command.ts";
import { DEDUPE_CHECK } from "../../src/cli/interface/dedupe.ts";
import { GEMINI } from "../../src/cli/interface/gemini.ts";
import { RUN } from "../../src/cli/interface/run.ts";
import { OPTION_WORDS } from "../../src/cli/wording.ts";
import { hardcall } from "../helpers/run.ts";

const commands: readonly Command[] = [RUN, CLAUDE, CODEX, GEMINI, DEDUPE_CHECK];
const known = commands
  .flatMap(({ groups }) => groups)
  .flatMap(({ options }) => Object.keys(options).map((name) => `--${name}`));

test.each(Object.entries(OPTION_WORDS))(
  "%s is called %s on the command line, which has that option",
  (_, option) => {
    expect(known).toContain(option);
  },
);

const RUN_FLAGS: readonly (readonly [flags: string, says: string])[] = [
  ["--attempt-timeout x", '--attempt-timeout is "x"'],
  ["--idle-timeout 0", '--idle-timeout is "0"'],
  ["--kill-grace x", '--kill-grace is "x"'],
  ["--name A_B", "--name must be"],
  ["--max-output 0", "--max-output is 0"],
  ["--stdin --max-input 0", "--max-input is 0"],
  ["--effects none --attempts 0", "--attempts is 0"],
  ["--attempts 2", '--attempts cannot be used with --effects "once"'],
  ["--effects keyed --attempts 2", '--attempts with --effects "keyed" needs a key'],
  ["--effects none --probe true --effect-within 2m", '--probe is allowed only with --effects "verifiable"'],
  ["--effects verifiable --key a --probe true --effect-within x", '--effect-within is "x"'],
  ["--effect-within 2m", "--effect-within is allowed only with a probe"],
  ["--evidence-file a --evidence-within x", '--evidence-within is "x"'],
  ["--evidence-file  ", "--evidence-file is blank"],
  ["--key a --fingerprint-cwd  ", "--fingerprint-cwd is blank"],
  ["--key a --fingerprint-env A=b", "value 1 of --fingerprint-env is not the name"],
];

test.each(RUN_FLAGS)("run %s: the message names the option", async (flags, says) => {
  const end = await hardcall(["run", "--timeout", "20s", ...flags.split(" "), "--", "true"]);
  expect(end.stderr).toContain(says);
  expect(end.exitCode).toBe(2);
});

test.each([
  [["dedupe", "check", "--scope", "s", "--max-streak", "1", "/dev/null"], "--max-streak is 1"],
  [["dedupe", "check", "--scope", "s", "--hold", "x", "/dev/null"], '--hold is "x"'],
  [["claude", "--timeout", "20s", "--model", " ", "hi"], "--model is blank"],
  [["claude", "--timeout", "20s", "--marker", "--json", "hi"], "--marker"],
])("%j: the message names the option", async (args, says) => {
  const end = await hardcall(args);
  expect(end.stderr).toContain(says);
  expect(end.exitCode).toBe(2);
});
