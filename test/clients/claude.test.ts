import { describe, expect } from "vitest";
import * as z from "zod";
import { CallError, claude, defineCall, type ClaudeOptions } from "../../src/index.ts";
import { startGateway } from "../conformance/gateway.ts";
import { cleanEnvironment, executableIn, PACKAGE } from "../conformance/agents/claude/genuine.ts";
import { tempFolder } from "../helpers/files.ts";
import { clientTest } from "./harness/client-test.ts";

/** Oldest first. The fake speaks as 2.1.329. */
const VERSIONS = ["2.1.160", "2.1.240", "2.1.300", "2.1.329", "2.1.330"] as const;

/** A command for which the CLI wants permission, unlike for `echo`. */
const ANSWERS = ["--tool-command", "node post.mjs", "--structured", '{"a":"b"}'];

interface Case {
  /** What the fake Messages API does. */
  readonly api: string;
  /** The code and the effect; "executed" for a success. */
  readonly ends: string;
  readonly options?: ClaudeOptions;
  /** Changes to the environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly schema?: true;
  readonly timeout?: string;
}

const SUBSCRIPTION = { ANTHROPIC_API_KEY: undefined, CLAUDE_CODE_OAUTH_TOKEN: "sk-ant-oat01-a-dummy" };

const CASES: Readonly<Record<string, Case>> = {
  ok: { api: "ok", ends: "executed" },
  recovered: { api: "529,ok", ends: "executed" },
  empty: { api: "empty", ends: "empty_output, completed" },
  blank: { api: "blank", ends: "empty_output, completed" },
  "rate-limit": { api: "429", ends: "rate_limited, rejected" },
  "usage-limit": { api: "429-long", ends: "rate_limited, rejected", env: SUBSCRIPTION },
  overloaded: { api: "529", ends: "overloaded, rejected" },
  "server-error": { api: "500", ends: "unavailable, rejected" },
  "connection-reset": { api: "reset", ends: "unavailable, rejected" },
  auth: { api: "401", ends: "auth, rejected" },
  forbidden: { api: "403", ends: "auth, rejected" },
  "not-logged-in": { api: "ok", ends: "auth, rejected", env: { ANTHROPIC_API_KEY: undefined } },
  credit: { api: "400-credit", ends: "billing, rejected" },
  "prompt-too-long": { api: "400-prompt-too-long", ends: "invalid_request, rejected" },
  "model-not-found": { api: "404-model", ends: "invalid_request, rejected" },
  "max-tokens": { api: "max-tokens", ends: "truncated_output, completed" },
  refusal: { api: "refusal", ends: "refused, rejected" },
  "max-turns": {
    api: "tool",
    ends: "turn_limit, unknown",
    options: { maxTurns: 1, allowedTools: ["Bash"] },
  },
  "max-budget": { api: "ok", ends: "budget_limit, rejected", options: { maxBudgetUsd: 0.0001 } },
  "permission-denied": {
    api: "tool",
    ends: "permission_denied, completed",
    // Without it, 2.1.300 has the mode auto, which lets it run.
    options: { permissionMode: "default" },
  },
  "schema-honoured": { api: "structured", ends: "executed", schema: true },
  "schema-missing": { api: "structured-ignored", ends: "invalid_output, completed", schema: true },
  hang: { api: "hang", ends: "timeout, unknown", timeout: "5s" },
  "hang-midstream": { api: "stall", ends: "timeout, unknown", timeout: "5s" },
};

/** What a version does otherwise, by mode, and why. */
const EXCEPTIONS: Readonly<Record<string, { readonly ends: Record<string, string>; readonly why: string }>> =
  {
    "2.1.160": {
      ends: { "schema-missing": "empty_output, completed" },
      // Where the model ignores the schema, its result has no text.
      why: "schema-missing is empty_output",
    },
  };

describe("claude, each version in each mode", () => {
  for (const version of VERSIONS) {
    const exception = EXCEPTIONS[version];
    const but = exception ? `; ${exception.why}` : "";
    clientTest(
      { client: "claude", package: PACKAGE, version, part: "claude()", from: "npm" },
      `each of ${Object.keys(CASES).length} modes ends with the code and effect of the fake's mode${but}`,
      async ({ folder }) => {
        const file = executableIn(folder);
        const ends = Object.fromEntries(await inTurn(Object.entries(CASES), (one) => endOf(file, one)));
        const expected = Object.entries(CASES).map(([name, one]) => [name, one.ends]);
        expect(ends).toEqual({ ...Object.fromEntries(expected), ...exception?.ends });
      },
    );
  }
});

/** One at a time: a genuine claude takes a core for itself when it starts. */
async function inTurn(cases: readonly (readonly [string, Case])[], run: (one: Case) => Promise<string>) {
  const ends: [string, string][] = [];
  for (const [name, one] of cases) ends.push([name, await run(one)]);
  return ends;
}

async function endOf(file: string, { api, options, env, schema, timeout = "60s" }: Case): Promise<string> {
  await using gateway = await startGateway(["--mode", api, ...ANSWERS]);
  const home = tempFolder();
  const call = defineCall({
    name: "draft",
    callee: claude({
      claudePath: file,
      cwd: home,
      env: { ...cleanEnvironment({ home, gateway: gateway.url }), ...env },
      ...options,
    }),
    timeout,
    effects: "none",
    output: schema && z.object({ a: z.string() }),
  });
  const settled = await call.settle("Write the post.");
  return settled instanceof CallError ? `${settled.code}, ${settled.effect}` : settled.outcome;
}
