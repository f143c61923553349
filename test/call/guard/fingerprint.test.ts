import { mkdirSync, renameSync, symlinkSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { ConfigError } from "../../../src/core/errors.ts";
import type { Callee } from "../../../src/core/callee.ts";
import { claude, command, defineCall, type ClaudeOptions, type CommandOptions } from "../../../src/index.ts";
import { fakeClaude } from "../../../src/testing/index.ts";
import { fixture, linesOf, tempFolder } from "../../helpers/files.ts";
import { historyOf, ledgerPath } from "../../helpers/ledger.ts";

/** A call with one key, of the given callee. */
const settle = <Input>(ledger: string, callee: Callee<Input, string>, input: Input, output?: z.ZodType) =>
  defineCall({ name: "it", callee, timeout: "30s", effects: "once", key: () => "a", ledger, output }).settle(
    input,
  );

describe("the input of a command is", () => {
  /** Appends a line to a file at each start. */
  const starts = (folder: string, word: string, options: CommandOptions<void> = {}) =>
    command("sh", ["-c", 'echo "$1" >>"$0"; echo done', path.join(folder, "starts"), word], options);

  it.each<readonly [string, string, string, CommandOptions<void>, string[]]>([
    ["arguments", "one", "two", {}, ["arguments"]],
    ["stdin", "one", "one", { stdin: "other" }, ["stdin"]],
    ["both", "one", "two", { stdin: "other" }, ["arguments", "stdin"]],
  ])(
    "its %s: another one under the same key is a conflict that says so",
    async (_, first, second, options, parts) => {
      const [ledger, folder] = [ledgerPath(), tempFolder()];
      expect(await settle(ledger, starts(folder, first), undefined)).toMatchObject({ outcome: "executed" });
      expect(await settle(ledger, starts(folder, second, options), undefined)).toMatchObject({
        code: "key_conflict",
        effect: "not_started",
        message: `The call "it" was given a key that was first used with a different input; these parts differ: ${parts.join(", ")}. Use a different key for a different input.`,
      });
      expect(linesOf(path.join(folder, "starts"))).toEqual([first]);
    },
  );

  it("its working folder", async () => {
    const [ledger, folder] = [ledgerPath(), tempFolder()];
    const [a, b] = ["a", "b"].map((name) => path.join(folder, name));
    for (const each of [a!, b!]) mkdirSync(each);
    const pwd = (cwd: string) => settle(ledger, command("pwd", [], { cwd }), undefined);
    expect(await pwd(a!)).toMatchObject({ outcome: "executed", value: a });
    expect(await pwd(path.join(b!, "../a"))).toMatchObject({ outcome: "replayed", value: a });
    expect(await pwd(b!)).toMatchObject({
      code: "key_conflict",
      message: expect.stringContaining(
        "; these parts differ: folder (if the folder changes with each",
      ) as string,
    });
  });

  it("the folder that a link leads to, and not the link", async () => {
    const [ledger, folder] = [ledgerPath(), tempFolder()];
    for (const name of ["a", "b"]) mkdirSync(path.join(folder, name));
    const link = path.join(folder, "current");
    const lead = (to: string) => {
      symlinkSync(to, `${link}.new`);
      renameSync(`${link}.new`, link);
    };
    const pwd = (cwd: string) => settle(ledger, command("pwd", ["-P"], { cwd }), undefined);
    lead("a");
    expect(await pwd(link)).toMatchObject({ outcome: "executed", value: path.join(folder, "a") });
    expect(await pwd(path.join(folder, "a"))).toMatchObject({ outcome: "replayed" });
    lead("b");
    expect(await pwd(link)).toMatchObject({ code: "key_conflict" });
  });

  it("what stands for the folder, where that is said", async () => {
    const [ledger, folder] = [ledgerPath(), tempFolder()];
    const releases = ["1", "2"].map((name) => path.join(folder, name));
    for (const release of releases) mkdirSync(release);
    const pwd = (cwd: string, standsFor: string) =>
      settle(ledger, command("pwd", [], { cwd, fingerprint: { cwd: standsFor } }), undefined);
    expect(await pwd(releases[0]!, "/srv/app")).toMatchObject({ outcome: "executed" });
    expect(await pwd(releases[1]!, "/srv/app")).toMatchObject({ outcome: "replayed", value: releases[0] });
    expect(await pwd(releases[1]!, "/srv/other")).toMatchObject({ code: "key_conflict" });
  });

  it("not its environment, but for the variables that are named", async () => {
    const say = (ledger: string, env: Record<string, string>, named?: string[]) =>
      settle(ledger, command("sh", ["-c", "echo $MODE"], { env, fingerprint: { env: named } }), undefined);
    const unnamed = ledgerPath();
    expect(await say(unnamed, { MODE: "one" })).toMatchObject({ outcome: "executed", value: "one" });
    expect(await say(unnamed, { MODE: "two" })).toMatchObject({ outcome: "replayed", value: "one" });
    const named = ledgerPath();
    expect(await say(named, { MODE: "one" }, ["MODE"])).toMatchObject({ outcome: "executed" });
    expect(await say(named, { MODE: "one", OTHER: "x" }, ["MODE"])).toMatchObject({ outcome: "replayed" });
    const other = await say(named, { MODE: "secret-two" }, ["MODE"]);
    expect(other).toMatchObject({
      code: "key_conflict",
      message: expect.stringContaining("; these parts differ: environment MODE.") as string,
    });
    expect((other as Error).message).not.toContain("secret-two");
    expect(JSON.stringify(await historyOf(named, "a"))).not.toContain("secret-two");
  });

  it("the bytes of its stdin, however they are given", async () => {
    const ledger = ledgerPath();
    const cat = (stdin: string | Uint8Array | undefined) =>
      settle(ledger, command("cat", [], { stdin, allowEmpty: true }), undefined);
    expect(await cat("grüße")).toMatchObject({ outcome: "executed" });
    expect(await cat(Buffer.from("grüße"))).toMatchObject({ outcome: "replayed" });
    expect(await cat(undefined)).toMatchObject({ code: "key_conflict" });
  });

  it("nothing that a function which throws could make", async () => {
    const stdin = () => {
      throw new TypeError("canary");
    };
    const settled = await settle(ledgerPath(), command("cat", [], { stdin }), undefined);
    expect(settled).toBeInstanceOf(ConfigError);
    expect((settled as Error).message).toContain("a function threw TypeError");
    expect((settled as Error).message).not.toContain("canary");
  });
});

describe("the input of claude is its prompt and every option that changes the answer", () => {
  const BASE: ClaudeOptions = { model: "sonnet", tools: ["Read"], systemPrompt: "be brief" };

  it.each<readonly [string, ClaudeOptions]>([
    ["model", { model: "opus" }],
    ["tools", { tools: [] }],
    ["allowed tools", { allowedTools: ["Read"] }],
    ["disallowed tools", { disallowedTools: ["Bash"] }],
    ["system prompt", { systemPrompt: "be long" }],
    ["appended system prompt", { appendSystemPrompt: "please" }],
    ["permission mode", { permissionMode: "plan" }],
    ["session", { resume: "s-2" }],
    ["arguments", { extraArgs: ["--effort", "high"] }],
    ["folder", { cwd: "/" }],
    ["environment REGION", { fingerprint: { env: ["REGION"] } }],
  ])("%s", async (part, changed) => {
    const ledger = ledgerPath();
    await using fake = await fakeClaude({ mode: "ok" });
    const ask = (options: ClaudeOptions) => settle(ledger, claude({ ...options, env: fake.env }), "Write it");
    expect(await ask(BASE)).toMatchObject({ outcome: "executed" });
    expect(await ask({ ...BASE, maxTurns: 9, marker: true })).toMatchObject({ outcome: "replayed" });
    const other = await ask({ ...BASE, ...changed });
    expect(other).toMatchObject({ code: "key_conflict" });
    expect((other as Error).message).toMatch(new RegExp(`; these parts differ: ${part}( \\(|\\.)`));
    expect(await fake.calls()).toHaveLength(1);
  });

  it("the session of the input, and the schema of the contract", async () => {
    const ledger = ledgerPath();
    await using fake = await fakeClaude({ mode: "ok" });
    const ask = (resume: string | undefined, output?: z.ZodType) =>
      settle(ledger, claude({ env: fake.env }), { prompt: "Write it", resume }, output);
    expect(await ask(undefined)).toMatchObject({ outcome: "executed" });
    expect(await ask("s-2")).toMatchObject({
      message: expect.stringContaining("these parts differ: session.") as string,
    });
    expect(await ask(undefined, z.object({ title: z.string() }))).toMatchObject({
      message: expect.stringContaining("these parts differ: schema.") as string,
    });
  });
});

describe("in a ledger from before there were parts", () => {
  /** The same callee as it was then. */
  const formerly = <Input>(callee: Callee<Input, string>): Callee<Input, string> => ({
    ...callee,
    fingerprintParts: undefined as never,
  });

  it("the same call is replayed, and another is a conflict", async () => {
    const ledger = ledgerPath();
    const echo = (word: string) => command("echo", [word]);
    expect(await settle(ledger, formerly(echo("one")), undefined)).toMatchObject({ outcome: "executed" });
    expect((await historyOf(ledger, "a"))?.record.fingerprint).toMatch(/^v1:sha256:[0-9a-f]{64}$/);
    expect(await settle(ledger, echo("one"), undefined)).toMatchObject({ outcome: "replayed", value: "one" });
    expect(await settle(ledger, echo("two"), undefined)).toMatchObject({
      code: "key_conflict",
      message:
        'The call "it" was given a key that was first used with a different input. Use a different key for a different input.',
    });
  });

  it("a failure that is tried again gets its parts", async () => {
    const ledger = ledgerPath();
    const fails = command("sh", ["-c", "exit 7"], { rejectedExitCodes: [7] });
    expect(await settle(ledger, formerly(fails), undefined)).toMatchObject({ effect: "rejected" });
    expect(await settle(ledger, fails, undefined)).toMatchObject({ effect: "rejected" });
    expect((await historyOf(ledger, "a"))?.record.fingerprint).toMatch(/^v2:sha256:\{"command":/);
  });

  it("claude's answer is replayed", async () => {
    const ledger = ledgerPath();
    await using fake = await fakeClaude({ mode: "ok" });
    const writes = claude({ model: "sonnet", env: fake.env });
    expect(await settle(ledger, formerly(writes), "Write it")).toMatchObject({ outcome: "executed" });
    expect(await settle(ledger, writes, "Write it")).toMatchObject({ outcome: "replayed" });
  });
});

it.each([
  [{ cwd: " " }, "fingerprint.cwd is blank"],
  [{ env: ["A=b"] }, "value 1 of fingerprint.env is not the name of an environment variable"],
  [{ env: "HOME" }, "fingerprint: env must be a list of strings"],
  [{ folder: "/" }, "fingerprint: folder is not an option; the options are cwd, env"],
  [7, "fingerprint: the options must be an object, not 7"],
])("fingerprint: %j is refused", (fingerprint, sentence) => {
  const callee = command(fixture("reads-stdin.sh"), [], { fingerprint: fingerprint as never });
  expect(() => defineCall({ name: "it", callee, timeout: "1s", effects: "none" })).toThrow(sentence);
});
