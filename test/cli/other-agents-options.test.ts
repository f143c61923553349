import { describe, expect, test } from "vitest";
import { CLAUDE } from "../../src/cli/interface/claude.ts";
import { CODEX } from "../../src/cli/interface/codex.ts";
import { optionsOf } from "../../src/cli/interface/command.ts";
import { GEMINI } from "../../src/cli/interface/gemini.ts";
import { hardcall } from "../helpers/run.ts";

const AGENTS = [CLAUDE, CODEX, GEMINI];

describe.each(AGENTS.map((agent) => [agent.name, agent] as const))("hardcall %s", (name, agent) => {
  const own = Object.keys(optionsOf(agent));
  const others = new Set(AGENTS.flatMap((other) => Object.keys(optionsOf(other))));
  const cannot = Object.entries(agent.cannot);

  test("has an answer for each option that only other agents have, and for no other", () => {
    expect(new Set(Object.keys(agent.cannot))).toEqual(
      new Set([...others].filter((option) => !own.includes(option))),
    );
  });

  test("names no option that it has not", () => {
    const named = cannot.flatMap(([, why]) => why.match(/--[a-z-]+/g) ?? []);
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter((flag) => !own.includes(flag.slice(2)))).toEqual([]);
  });

  test("says so in one short sentence each, and starts nothing", async () => {
    for (const [, why] of cannot) expect(why.split(" ").length).toBeLessThanOrEqual(25);
    const [option, why] = cannot[0] ?? [];
    const end = await hardcall([name, "--timeout", "10s", `--${option}=x`, `--${name}-bin=/nowhere`, "hi"]);
    expect(end).toMatchObject({
      exitCode: 2,
      stderr: `hardcall: --${option} is not an option of hardcall ${name}: ${why}\nTry: hardcall ${name} --help\n`,
    });
  });
});
