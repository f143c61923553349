import { describe, expect, it } from "vitest";
import { codexArguments } from "../../../src/callees/codex/arguments.ts";
import { codex, type CodexOptions } from "../../../src/index.ts";

const THREAD = "01a20277-7f37-7622-8a5e-ba0a90f991ba";

describe("the command line", () => {
  it("takes the prompt over stdin, runs in any folder and prints events", () => {
    expect(codexArguments({}, {})).toEqual(["exec", "--skip-git-repo-check", "--json", "-"]);
  });

  it("has all options before what is to be continued, and no list of files before the prompt", () => {
    const options: CodexOptions = {
      model: "gpt-5.5",
      sandbox: "workspace-write",
      reasoningEffort: "high",
      profile: "night",
      config: { "tools.web_search": true, "a.b": 'say "x"\\\u007f', count: 3, model_reasoning_effort: "low" },
      addDirs: ["/srv/a", "/srv/b"],
      images: ["one.png", "two.png"],
      extraArgs: ["--ephemeral"],
    };
    const more = { resume: THREAD, schemaFile: "/tmp/schema.json", settings: { "x.y": 0 } };
    expect(codexArguments(options, more).join(" ")).toBe(
      String.raw`exec -c x.y=0 -c model_reasoning_effort="low" -c tools.web_search=true -c a.b="say \"x\"\\\u007f" -c count=3 ` +
        "--model gpt-5.5 --sandbox workspace-write --profile night --add-dir /srv/a --add-dir /srv/b --image one.png --image two.png " +
        `--ephemeral --output-schema /tmp/schema.json --skip-git-repo-check --json resume ${THREAD} -`,
    );
  });
});

describe("what is wrong with an option is said before anything starts", () => {
  it.each<[string, CodexOptions | object, string]>([
    [
      "a sandbox that is none",
      { sandbox: "none" },
      'sandbox must be "read-only", "workspace-write" or "danger-full-access"',
    ],
    ["a blank profile", { profile: " " }, "profile is blank; leave it out, or give it a value"],
    [
      "a thread's name",
      { resume: "weekly" },
      "resume must be the id of a thread (a UUID); for a name that it does not know codex begins a new thread",
    ],
    [
      "a setting that is a list",
      { config: { a: [] } },
      "config: the value of a must be a string, a finite number, true or false",
    ],
    [
      "a setting that is no number",
      { config: { a: Number.NaN } },
      "config: the value of a must be a string, a finite number, true or false",
    ],
    ["a blank folder", { addDirs: [""] }, "addDirs has a blank item; leave it out, or give it a value"],
    ["a setting without a name", { config: { " ": 1 } }, 'config has a key that is blank or has a "="'],
    [
      "an option of claude's",
      { maxTurns: 3 },
      "maxTurns is not an option of codex: codex has no limit of turns; bound it with the call's timeout, or with a resource's budget",
    ],
    ["the format", { extraArgs: ["--json"] }, "leave --json out of extraArgs: hardcall sets it"],
    [
      "a file for the answer",
      { extraArgs: ["-o", "x"] },
      "leave -o out of extraArgs: hardcall reads the last message from the events",
    ],
    [
      "the same in one word",
      { extraArgs: ["--output-last-message=x"] },
      "leave --output-last-message out of extraArgs: hardcall reads the last message from the events",
    ],
    [
      "a schema of its own",
      { extraArgs: ["--output-schema", "x"] },
      "leave --output-schema out of extraArgs: give the contract's schema instead",
    ],
    [
      "another folder",
      { extraArgs: ["-C/tmp"] },
      "leave -C out of extraArgs: give the working folder of the call instead",
    ],
    [
      "the last thread",
      { extraArgs: ["resume", "--last"] },
      "leave resume out of extraArgs: give the id of the thread as resume instead",
    ],
    [
      "a review",
      { extraArgs: ["review"] },
      "leave review out of extraArgs: with it codex does something else",
    ],
    [
      "the end of the options",
      { extraArgs: ["--"] },
      "leave -- out of extraArgs: the prompt goes over stdin",
    ],
  ])("%s", (_, options, problem) => {
    expect(codex(options as CodexOptions).problems).toContain(problem);
  });

  it("an image that is not there, at each call, beside one that is", () => {
    const callee = codex({ images: ["package.json", "no-such.png"] });
    expect(callee.problems).toEqual([]);
    expect(callee.check?.("x", { output: undefined })).toEqual([
      "file 2 of images is not there; codex would answer without it and not say so",
    ]);
    expect(
      codex({ images: ["options.test.ts"], cwd: import.meta.dirname }).check?.("x", { output: undefined }),
    ).toEqual([]);
  });

  it.each([
    ["a thread's name in the input", { prompt: "x", resume: "weekly" }, /^resume must be the id of a thread/],
    [
      "a prompt above the limit",
      "x".repeat(1_048_577),
      /^the prompt has 1048577 characters; codex takes at most 1048576$/,
    ],
  ])("%s", (_, input, problem) => {
    expect(codex({}).check?.(input, { output: undefined })).toEqual([
      expect.stringMatching(problem) as string,
    ]);
  });

  it("and a prompt at the limit is fine, also in characters of four bytes", () => {
    expect(codex({}).check?.("🌊".repeat(1_048_576), { output: undefined })).toEqual([]);
  });
});
