// The command line of the real CLI, 2.1.329: its `--help` plus the flags the help leaves out. The declarations are
// in the notation of that help, because its errors quote them: <required>, [optional], trailing dots for variadic.
"use strict";
const DECLARATIONS = [
  "--add-dir <directories...>",
  "--agent <agent>",
  "--agent-id <id>",
  "--agents <json-or-file>",
  "--allow-dangerously-skip-permissions",
  "--allowedTools, --allowed-tools <tools...>",
  "--append-system-prompt <prompt>",
  "--append-system-prompt-file <file>",
  "--autocompact <auto|tokens>",
  "--await-initialize",
  "--ax-screen-reader",
  "--bare",
  "--betas <betas...>",
  "--bg, --background",
  "--brief",
  "--chrome",
  "--cloud [description|session_id|url]",
  "-c, --continue",
  "--dangerously-skip-permissions",
  "-d, --debug [filter]",
  "--debug-file <path>",
  "--desktop",
  "--disable-slash-commands",
  "--disallowedTools, --disallowed-tools <tools...>",
  "--effort <level>",
  "--enable-auth-status",
  "--enable-auto-mode",
  "--environment <environment_id>",
  "--exclude-dynamic-system-prompt-sections",
  "--fallback-model <model>",
  "--file <specs...>",
  "--fork-session",
  "--forward-subagent-text",
  "--from-pr [value]",
  "-h, --help",
  "--ide",
  "--include-hook-events",
  "--include-partial-messages",
  "--init",
  "--initialize-fields <names>",
  "--input-format <format>",
  "--json-schema <schema>",
  "--maintenance",
  "--managed-settings-in-initialize",
  "--max-budget-usd <amount>",
  "--max-thinking-tokens <tokens>",
  "--max-turns <turns>",
  "--mcp-config <configs...>",
  "--model <model>",
  "-n, --name <name>",
  "--no-chrome",
  "--no-session-persistence",
  "--output-format <format>",
  "--permission-mode <mode>",
  "--permission-prompt-tool <tool>",
  "--permission-prompts <target>",
  "--plugin-dir <path>",
  "--plugin-dir-no-mcp <path>",
  "--plugin-url <url>",
  "-p, --print",
  "--prompt-suggestions [value]",
  "--remote-control [name]",
  "--remote-control-session-name-prefix <prefix>",
  "--replay-user-messages",
  "--restricted",
  "-r, --resume [value]",
  "--resume-session-at <message id>",
  "--safe-mode",
  "--sdk-url <url>",
  "--session-id <uuid>",
  "--session-mirror",
  "--setting-sources <sources>",
  "--settings <file-or-json>",
  "--strict-mcp-config",
  "--system-prompt <prompt>",
  "--system-prompt-file <file>",
  "--system-prompt-snapshot <on|off>",
  "--task-budget <tokens>",
  "--teammate-mode <mode>",
  "--teleport [session]",
  "--thinking <mode>",
  "--thinking-display <display>",
  "--tmux",
  "--tools <tools...>",
  "--verbose",
  "-v, --version",
  "-w, --worktree [name]",
  "--workload <tag>",
];

/** Accepted and left out of the help: the real CLI suggests none of these for a misspelt flag. */
const HIDDEN = new Set(
  (
    "agent-id append-system-prompt-file await-initialize enable-auth-status enable-auto-mode init initialize-fields " +
    "maintenance managed-settings-in-initialize max-thinking-tokens max-turns plugin-dir-no-mcp resume-session-at sdk-url " +
    "session-mirror system-prompt-file task-budget teammate-mode thinking thinking-display workload"
  ).split(" "),
);

/** Flags that may be repeated, although they are not variadic: the values add up. */
const REPEATABLE = new Set(["plugin-dir", "plugin-dir-no-mcp", "plugin-url"]);

/** Values that may hold what a user wrote or a secret: the log gets their size and hash only. */
const PRIVATE = new Set([
  "system-prompt",
  "append-system-prompt",
  "settings",
  "mcp-config",
  "agents",
  "cloud",
  "name",
]);

/**
 * One declaration, read. The name is the last long form: `allowed-tools`, not `allowedTools`.
 */
function readDeclaration(declaration) {
  const [, names, value = ""] = /^([^<[]+?)(?: ([<[].*))?$/.exec(declaration);
  const forms = names.split(", ");
  const name = forms.at(-1).replace(/^--/, "");
  return {
    declaration,
    forms,
    name,
    required: value.startsWith("<"),
    optional: value.startsWith("["),
    variadic: value.includes("..."),
    private: PRIVATE.has(name),
  };
}

const read = new Map();

/** The flag of a spelling, such as `-p`; undefined when there is none. */
function findFlag(form) {
  if (!read.has(form)) {
    const spelled = (declaration) =>
      declaration
        .replace(/ [<[].*/, "")
        .split(", ")
        .includes(form);
    const declaration = DECLARATIONS.find((one) => one.includes(form) && spelled(one));
    read.set(form, declaration && readDeclaration(declaration));
  }
  return read.get(form);
}

/** The flags of the help, by the name their last spelling gives them. */
const helpFlagNames = () =>
  DECLARATIONS.map((declaration) => readDeclaration(declaration).name).filter((name) => !HIDDEN.has(name));

const looksLikeFlag = (arg) => arg.length > 1 && arg.startsWith("-");

/**
 * Reads a command line the way the real CLI's parser (commander) does: a required value is taken even if it begins
 * with a dash, a variadic flag takes every word up to the next flag (the prompt too, if it comes after), and
 * `--flag=value` works only for a flag that has a value.
 *
 * @returns `flags` by name, `positionals`, `words` (every argument, with its flag and part, for the log), and
 *   `problem`, the words of the refusal, when the line is refused.
 */
function parseFlags(argv) {
  const flags = {};
  const positionals = [];
  const words = [];
  const parsed = { flags, positionals, words, problem: undefined };
  const rest = [...argv];
  let variadic;

  const set = (flag, value) => {
    const many = flag.variadic || REPEATABLE.has(flag.name);
    flags[flag.name] = many ? [...(flags[flag.name] ?? []), value] : value;
  };
  const take = (flag) => {
    const value = rest.shift();
    set(flag, value);
    words.push({ kind: "value", text: value, flag });
  };

  while (rest.length > 0) {
    const arg = rest.shift();
    if (arg === "--") {
      words.push({ kind: "flag", text: arg });
      for (const text of rest) words.push({ kind: "positional", text });
      positionals.push(...rest);
      return parsed;
    }
    if (variadic && !looksLikeFlag(arg)) {
      set(variadic, arg);
      words.push({ kind: "value", text: arg, flag: variadic });
      continue;
    }
    variadic = undefined;
    if (!looksLikeFlag(arg)) {
      positionals.push(arg);
      words.push({ kind: "positional", text: arg });
      continue;
    }
    const flag = findFlag(arg);
    if (flag) {
      words.push({ kind: "flag", text: arg, flag });
      if (flag.required) {
        if (rest.length === 0) parsed.problem ??= `error: option '${flag.declaration}' argument missing`;
        else take(flag);
      } else if (flag.optional && rest.length > 0 && !looksLikeFlag(rest[0])) take(flag);
      else set(flag, true);
      if (flag.variadic) variadic = flag;
      continue;
    }
    if (/^-[^-]./.test(arg) && findFlag(arg.slice(0, 2))) {
      const short = findFlag(arg.slice(0, 2));
      const takesValue = short.required || short.optional;
      words.push({ kind: "inline", text: arg, flag: short, at: 2 });
      if (takesValue) set(short, arg.slice(2));
      else {
        set(short, true);
        rest.unshift(`-${arg.slice(2)}`);
      }
      continue;
    }
    const equals = arg.indexOf("=");
    const long = equals > 2 ? findFlag(arg.slice(0, equals)) : undefined;
    if (long && (long.required || long.optional)) {
      words.push({ kind: "inline", text: arg, flag: long, at: equals + 1 });
      set(long, arg.slice(equals + 1));
      continue;
    }
    words.push({ kind: "unknown", text: arg });
    parsed.problem ??= `error: unknown option '${arg}'`;
    parsed.unknown ??= arg;
  }
  return parsed;
}

module.exports = { DECLARATIONS, helpFlagNames, parseFlags };
