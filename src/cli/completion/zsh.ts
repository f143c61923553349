import { optionsOf, type Command, type Operand, type Option } from "../interface/command.ts";
import { COMMANDS, FAMILIES, FIRST_WORDS, membersOf, summaryOf, verbOf } from "../interface/commands.ts";
import { firstSentence, HELP_WORDS, quoted, RESOURCE_NAMES } from "./words.ts";

/** A function for a folder of zsh's `fpath`. */
export const zsh = (): string => `#compdef hardcall
# zsh completion for hardcall, made by: hardcall completion zsh

_hardcall() {
  local curcontext=$curcontext state line
  typeset -A opt_args
  _arguments -C '(- *)'{-h,--help}'[Shows the help]' '(- *)'{-v,--version}'[Shows the version]' \\
    '1: :->command' '*:: :->arguments'
  case $state in
    command)
${described(
  "command",
  FIRST_WORDS.map((name) => [name, summaryOf(name)]),
)}
      ;;
    arguments)
      case $words[1] in
${COMMANDS.filter(({ name }) => !name.includes(" "))
  .map((command) => `        ${command.name}) ${argumentsOf(command)} ;;\n`)
  .join("")}${FAMILIES.map(({ name }) => `        ${name}) _hardcall_${name} ;;\n`).join("")}      esac
      ;;
  esac
}

${FAMILIES.map(
  (family) => `_hardcall_${family.name}() {
  local curcontext=$curcontext state line
  typeset -A opt_args
  _arguments -C '(- *)'{-h,--help}'[Shows the help]' '1: :->command' '*:: :->arguments'
  case $state in
    command)
${described(
  "command",
  membersOf(family).map((member) => [verbOf(member), member.summary]),
)}
      ;;
    arguments)
      case $words[1] in
${membersOf(family)
  .map((member) => `        ${verbOf(member)}) ${argumentsOf(member)} ;;\n`)
  .join("")}      esac
      ;;
  esac
}
`,
).join("\n")}
_hardcall_resource_names() {
  local -a names=(\${(f)"$(${RESOURCE_NAMES})"})
  _describe -t resources resource names
}

# Sourced, it registers itself; from fpath, it is called.
if [[ $funcstack[1] == _hardcall ]]; then _hardcall "$@"; else compdef _hardcall hardcall; fi
`;

function argumentsOf(command: Command): string {
  const specs = [
    "'(- *)'{-h,--help}'[Shows the help]'",
    ...Object.entries(optionsOf(command)).map(([name, option]) => quoted(optionSpec(name, option))),
    ...command.operands.flatMap(operandSpecs),
  ];
  return ["_arguments", ...(command.optionsComeFirst ? ["-S -A '-*'"] : ["-S"]), ...specs].join(
    " \\\n          ",
  );
}

/** `--effects=[What a repeat would do]:effects:(none keyed)`; `*` where it may be repeated. */
function optionSpec(name: string, option: Option): string {
  const many = "multiple" in option ? "*" : "";
  const told = `[${escaped(firstSentence(option.help))}]`;
  if (option.takes === "nothing") return `${many}--${name}${told}`;
  return `${many}--${name}=${told}:${name}:${valueAction(option)}`;
}

function valueAction(option: Option): string {
  switch (option.takes) {
    case "choice":
      return `(${option.choices.join(" ")})`;
    case "file":
      return "_files";
    case "folder":
      return "_files -/";
    case "variable":
      return '_parameters -g "*export*"';
    case "resource":
      return "_hardcall_resource_names";
    default:
      return "";
  }
}

function operandSpecs({ name, takes, multiple }: Operand, index: number): string[] {
  const place = `${multiple ? "*" : index + 1}:${name}:`;
  if (takes === "command") return ["'(-)1: :_command_names -e'", "'*:: :_normal'"];
  if (takes === "topic") return [`'*: :(${HELP_WORDS.join(" ")})'`];
  if (takes === "file") return [`'${place}_files'`];
  if (takes === "folder") return [`'${place}_files -/'`];
  if (takes === "resource") return [`'${place}_hardcall_resource_names'`];
  if (takes === "text") return [`'${place}'`];
  return [`'${place}(${takes.join(" ")})'`];
}

function described(title: string, rows: readonly (readonly [string, string])[]): string {
  const lines = rows
    .map(([name, summary]) => `        ${quoted(`${name}:${firstSentence(summary)}`)}\n`)
    .join("");
  return `      local -a ${title}s=(\n${lines}      )\n      _describe -t ${title}s ${title} ${title}s`;
}

/** What `_arguments` reads as the end of a description. */
const escaped = (text: string) => text.replaceAll(/[[\]:\\]/g, "\\$&");
