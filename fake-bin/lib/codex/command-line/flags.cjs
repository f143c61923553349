// The command line of `codex exec` 0.169.0.
"use strict";

/** As the real help declares them. `...` takes several values; `*` in front means that the flag may be repeated. */
const EXEC = [
  "*-c, --config <key=value>",
  "*--enable <FEATURE>",
  "*--disable <FEATURE>",
  "--strict-config",
  "*-i, --image <FILE>...",
  "-m, --model <MODEL>",
  "--oss",
  "--local-provider <OSS_PROVIDER>",
  "-p, --profile <CONFIG_PROFILE_V2>",
  "-s, --sandbox <SANDBOX_MODE>",
  "--approve-for-me",
  "--dangerously-bypass-approvals-and-sandbox",
  "--dangerously-bypass-hook-trust",
  "-C, --cd <DIR>",
  "--worktree",
  "*--add-dir <DIR>",
  "--thread-source <SOURCE>",
  "--cyber-access-program <PROGRAM>",
  "--skip-git-repo-check",
  "--trust",
  "--ephemeral",
  "--ignore-user-config",
  "--ignore-rules",
  "--output-schema <FILE>",
  "--color <COLOR>",
  "--json",
  "-o, --output-last-message <FILE>",
];

const NOT_AFTER_A_SUBCOMMAND =
  /--(?:oss|local-provider|profile|sandbox|approve-for-me|cd|add-dir|color)\b|^\*-i/;
const ONE_IMAGE = "*-i, --image <FILE>";
const shared = EXEC.filter((one) => !NOT_AFTER_A_SUBCOMMAND.test(one));

/** The commands that the fake has: their flags, how many positionals, and what the usage calls them. */
const COMMANDS = {
  exec: {
    flags: EXEC,
    most: 1,
    usage: "codex exec [OPTIONS] [PROMPT]\n       codex exec [OPTIONS] <COMMAND> [ARGS]",
  },
  resume: {
    flags: [...shared, ONE_IMAGE, "--last", "--all"],
    most: 2,
    usage: "codex exec resume [OPTIONS] [SESSION_ID] [PROMPT]",
  },
  fork: { flags: [...shared, ONE_IMAGE], most: 2, usage: "codex exec fork [OPTIONS] <SESSION_ID> [PROMPT]" },
  review: {
    flags: [...shared, "--uncommitted", "--base <BRANCH>", "--commit <SHA>", "--title <TITLE>"],
    most: 1,
    usage: "codex exec review [OPTIONS] [PROMPT]",
  },
};

const VALUES = {
  sandbox: ["read-only", "workspace-write", "danger-full-access"],
  color: ["always", "never", "auto"],
  "cyber-access-program": ["standard", "daybreak_blue", "daybreak_red"],
};

/** What the user wrote: the log gets its size and hash only. */
const PRIVATE = new Set(["title"]);

/** Settings of `-c` that hold no key and no prompt: the log shows their values. */
const HARMLESS =
  /^\s*(?:model|model_provider|model_reasoning_\w+|model_verbosity|sandbox_mode|approval_policy|model_providers\.[\w-]+\.(?:name|wire_api|env_key))\s*=/;

function readDeclaration(declaration) {
  const [, star, names, value = ""] = /^(\*?)([^<]+?)(?: (<.*))?$/.exec(declaration);
  const forms = names.split(", ");
  const name = forms.at(-1).slice(2);
  return {
    declaration: `${forms.at(-1)}${value && ` ${value}`}`,
    forms,
    name,
    private: PRIVATE.has(name),
    harmless: name === "config" ? HARMLESS : undefined,
    repeatable: star === "*",
    takesValue: value !== "",
    variadic: value.endsWith("..."),
    values: VALUES[name],
  };
}

/** The flags of a command, read. */
const flagsOf = (command) => COMMANDS[command].flags.map((one) => readDeclaration(one));

module.exports = { COMMANDS, flagsOf };
