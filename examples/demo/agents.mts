import { writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { claude, codex, gemini } from "hardcall";
import { z } from "zod";
import { CLAUDE_MODES } from "./claude-modes.mts";
import { CODEX_MODES } from "./codex-modes.mts";
import { GEMINI_MODES } from "./gemini-modes.mts";
import { MARK } from "./leftovers.mts";
import { TEXT, type Mode } from "./modes.mts";

export const AGENTS = ["claude", "codex", "gemini"] as const;
export type Agent = (typeof AGENTS)[number];

export const MODES: Readonly<Record<Agent, readonly Mode[]>> = {
  claude: CLAUDE_MODES,
  codex: CODEX_MODES,
  gemini: GEMINI_MODES,
};

/** Every mode that an agent has, those of claude first. */
export const MODE_NAMES: readonly string[] = [
  ...new Set(AGENTS.flatMap((agent) => MODES[agent].map(({ name }) => name))),
];

export const PROMPT = "Write the post of the day";
export const POST = z.object({ title: z.string().min(1), body: z.string().min(1) });
const SESSION = "3f2f5f0e-0d3c-4f5b-9a53-2c8f3f4d2a11";
const MODEL = "gemini-2.5-flash";
const KILL_GRACE_MS = 300;

const fakeBin = fileURLToPath(new URL("./fake-bin", import.meta.resolve("hardcall/package.json")));
const FOLDERS: Readonly<Record<Agent, string>> = {
  claude: fakeBin,
  codex: path.join(fakeBin, "codex"),
  gemini: path.join(fakeBin, "gemini"),
};

/** The environment in which a run finds the fake of an agent, in this mode. */
export function fakeEnv(agent: Agent, mode: string, mark: string): Record<string, string> {
  const fake = (name: string) => `FAKE_${agent.toUpperCase()}_${name}`;
  return {
    PATH: `${FOLDERS[agent]}${path.delimiter}${process.env["PATH"]}`,
    [MARK]: mark,
    [fake("MODE")]: mode,
    [fake("TEXT")]: TEXT,
    // If the demo is killed, its processes end after 20 s.
    [fake("MAX_LIFETIME_MS")]: "30000",
    [fake("DELAY_MS")]: "40",
    // As long as the real gemini waits at least before it asks once more for an answer that broke off.
    ...(mode === "glued-retry" && { [fake("RETRY_MS")]: "1000" }),
  };
}

/** The agent as hardcall calls it. */
export function calleeOf(agent: Agent, { marker, resumes }: Mode, env: Readonly<Record<string, string>>) {
  const options = { env, killGrace: KILL_GRACE_MS, marker, resume: resumes && SESSION };
  switch (agent) {
    case "claude":
      return claude(options);
    case "codex":
      return codex(options);
    case "gemini":
      return gemini({ ...options, model: MODEL });
    default:
      return agent satisfies never;
  }
}

/** The agent's arguments as a first wrapper writes them. */
export function naiveArguments(agent: Agent, mode: Mode, folder: string): string[] {
  const schema = JSON.stringify(z.toJSONSchema(POST));
  switch (agent) {
    case "claude":
      return ["-p", ...(mode.schema ? ["--json-schema", schema] : []), PROMPT];
    case "codex": {
      const file = path.join(folder, "schema.json");
      if (mode.schema) writeFileSync(file, schema);
      return [
        "exec",
        "--skip-git-repo-check",
        ...(mode.schema ? ["--output-schema", file] : []),
        ...(mode.answerFile ? ["-o", path.join(folder, ANSWER_FILE)] : []),
        ...(mode.resumes ? ["resume", SESSION] : []),
        PROMPT,
      ];
    }
    case "gemini":
      return [
        "-m",
        MODEL,
        ...(mode.resumes ? ["--resume", SESSION] : []),
        "-p",
        mode.schema ? `${PROMPT}. Answer with JSON that fits this schema: ${schema}` : PROMPT,
      ];
    default:
      return agent satisfies never;
  }
}

export const ANSWER_FILE = "answer.txt";
