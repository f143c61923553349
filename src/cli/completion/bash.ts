import type { Command } from "../interface/command.ts";
import { COMMANDS, FAMILIES, FIRST_WORDS, membersOf, verbOf } from "../interface/commands.ts";
import {
  flagsOf,
  flagsThat,
  HELP_WORDS,
  OPTIONS,
  quoted,
  RESOURCE_NAMES,
  WITH_VALUE,
  WRAPPERS,
} from "./words.ts";

const RESOURCES = `_hardcall_words -W "$(${RESOURCE_NAMES})"`;
const FAMILY = FAMILIES.map(({ name }) => name).join("|");
const WRAPPER = WRAPPERS.map(({ name }) => name).join("|");

/** A script for bash 3.2 and later. It needs nothing else; with bash-completion, a wrapped command is completed by its own rules. */
export const bash = (): string => `# bash completion for hardcall, made by: hardcall completion bash

_hardcall_words() {
  local line
  while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen "$@" -- "$current")
}

_hardcall_files() {
  compopt -o filenames 2>/dev/null
  _hardcall_words "$1"
}

_hardcall() {
  local current=\${COMP_WORDS[COMP_CWORD]} command='' expects='' inner=0 given=0 index word
  local IFS=$' \\t\\n'
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    # bash makes three words of --option=value, and of key:value.
    if [[ $word == '=' ]]; then continue; fi
    if [[ $word == ':' ]]; then ((index++)); continue; fi
    if [[ -n $expects ]]; then expects=''; continue; fi
    case $word in
      --)
        case $command in
          ${WRAPPER}) inner=$((index + 1)) ;;
        esac
        ;;
      -*) [[ ${quoted(` ${WITH_VALUE.join(" ")} `)} == *" $word "* ]] && expects=$word ;;
      *)
        case $command in
          '') command=$word ;;
          ${FAMILY}) command="$command $word" ;;
          ${WRAPPER}) inner=$index ;;
          *) ((given += 1)) ;;
        esac
        ;;
    esac
    if ((inner > 0)); then break; fi
  done
  [[ $current == '=' ]] && current=''

  if [[ -n $expects ]]; then
    case $expects in
${[...OPTIONS]
  .map(([name, option]) =>
    option.takes === "choice"
      ? `      --${name}) _hardcall_words -W ${quoted(option.choices.join(" "))} ;;\n`
      : "",
  )
  .join("")}      ${alternatives(["file"])}) _hardcall_files -f ;;
      ${alternatives(["folder"])}) _hardcall_files -d ;;
      ${alternatives(["variable"])}) _hardcall_words -e ;;
      ${alternatives(["resource"])}) ${RESOURCES} ;;
    esac
    return
  fi

  if ((inner > 0)); then
    if declare -F _command_offset >/dev/null; then _command_offset "$inner"
    elif ((COMP_CWORD == inner)); then _hardcall_words -c
    else _hardcall_files -f; fi
    return
  fi

  if [[ $current == -* ]]; then
    case $command in
      '') _hardcall_words -W '--help --version' ;;
      ${FAMILY}) _hardcall_words -W --help ;;
${COMMANDS.map((command) => `      ${quoted(command.name)}) _hardcall_words -W ${quoted(flagsOf(command).join(" "))} ;;\n`).join("")}    esac
    return
  fi

  case "$command/$given" in
    /*) _hardcall_words -W ${quoted(FIRST_WORDS.join(" "))} ;;
${FAMILIES.map((family) => `    ${family.name}/*) _hardcall_words -W ${quoted(membersOf(family).map(verbOf).join(" "))} ;;\n`).join("")}${COMMANDS.flatMap(operandsOf).join("")}  esac
}

complete -F _hardcall hardcall
`;

function operandsOf({ name, operands }: Command): string[] {
  return operands.map(({ takes, multiple }, index) => {
    const line = (how: string, at = multiple ? "*" : String(index)) => `    '${name}/'${at}) ${how} ;;\n`;
    if (takes === "text") return "";
    if (takes === "file") return line("_hardcall_files -f");
    if (takes === "folder") return line("_hardcall_files -d");
    if (takes === "command") return line("_hardcall_words -c");
    if (takes === "resource") return line(RESOURCES);
    if (takes === "topic") return line(`_hardcall_words -W ${quoted(HELP_WORDS.join(" "))}`, "*");
    return line(`_hardcall_words -W ${quoted(takes.join(" "))}`);
  });
}

const alternatives = (takes: readonly string[]) =>
  flagsThat((option) => takes.includes(option.takes)).join("|");
