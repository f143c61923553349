import { chmodSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { tempFolder } from "../helpers/files.ts";
import { survivorsAfter } from "../helpers/processes.ts";
import type { Agent } from "./agents/agent.ts";
import { AGENTS } from "./agents/agents.ts";
import { homeFiles as codexFiles } from "./agents/codex/genuine.ts";
import { homeFiles as geminiFiles } from "./agents/gemini/genuine.ts";
import type { Condition } from "./condition.ts";
import { observe } from "./observe.ts";

/** A CLI that is this shell script. */
function script(text: string) {
  const file = path.join(tempFolder(), "cli");
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
  return { kind: "fake", file, version: "1.2.3" } as const;
}

const agent: Agent = {
  ...AGENTS.claude,
  homeFiles: (_, { settings }) => (typeof settings === "string" ? { ".settings": settings } : {}),
};

const condition = (rest: Partial<Condition> = {}): Condition => ({
  name: "x",
  api: ["--mode", "ok"],
  mode: "ok",
  args: [],
  spoken: "x",
  ...rest,
});

const seen = (text: string, rest?: Partial<Condition>) => observe(agent, script(text), condition(rest), []);

describe("observe", () => {
  it("writes files and settings into the home, and names the home and the gateway in what it hands over", async () => {
    const { raw, stdout } = await seen(
      'cat ../.settings a.txt; echo "$@ $A ${HOME:+home} ${ANTHROPIC_API_KEY:-none}"',
      {
        settings: "at <gateway>\n",
        files: { "work/a.txt": "in <home>\n" },
        args: ["--to", "<gateway>"],
        env: { A: "<home>/a", ANTHROPIC_API_KEY: null },
      },
    );
    expect(stdout).toEqual({
      kind: "text",
      text: "at <gateway>\nin <home>\n--to <gateway> <home>/a home none\n",
    });
    expect(raw.stdout).toMatch(/^at http:\/\/127\.0\.0\.1:\d+\nin \//);
  });

  it("gives the address of a server that is not there", async () => {
    const ask = `node -e 'fetch(process.env.ANTHROPIC_BASE_URL).then(() => console.log("answered"), ({ cause }) => console.log(cause.code))'`;
    expect((await seen(ask)).raw.stdout).toBe("answered\n");
    expect((await seen(ask, { unreachable: true })).raw.stdout).toBe("ECONNREFUSED\n");
  });

  it("ends a process that is left behind with the output open", async () => {
    const { raw, exit } = await seen("sleep 60 & echo $!");
    expect(exit).toBe("0");
    expect(raw.seconds).toBeLessThan(30);
    expect(await survivorsAfter(5000, [Number(raw.stdout)])).toEqual([]);
  });
});

describe("the settings of", () => {
  const place = { home: "/h", gateway: "http://g" };

  it("codex are those of the observed runs, changed by dotted keys", () => {
    const { ".codex/config.toml": toml } = codexFiles(
      place,
      condition({ settings: { a: ["b"], model: undefined } }),
    );
    expect(toml).toContain('model_providers.mock.base_url = "http://g/v1"\n');
    expect(toml).toContain('a = ["b"]\n');
    expect(toml).not.toContain("model =");
    expect(codexFiles(place, condition({ settings: "bad" }))).toEqual({ ".codex/config.toml": "bad" });
    expect(codexFiles(place, condition({ settings: null }))).toEqual({});
  });

  it("gemini are those of the observed runs, changed by groups", () => {
    const files = geminiFiles(
      place,
      condition({ settings: { model: { maxSessionTurns: 2 }, privacy: undefined } }),
    );
    expect(JSON.parse(files[".gemini/settings.json"]!)).toEqual({
      security: { auth: { selectedType: "gemini-api-key" } },
      general: { enableAutoUpdate: false, maxAttempts: 2 },
      model: { maxSessionTurns: 2 },
    });
    expect(geminiFiles(place, condition({ settings: "{bad" }))).toEqual({ ".gemini/settings.json": "{bad" });
    expect(geminiFiles(place, condition({ settings: null }))).toEqual({});
  });
});
