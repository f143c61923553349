import { optionsOf, type Command, type Option } from "../interface/command.ts";
import { COMMANDS, FAMILIES, FIRST_WORDS, membersOf, summaryOf, verbOf } from "../interface/commands.ts";
import { firstSentence, HELP_WORDS, RESOURCE_NAMES, WITH_VALUE, WRAPPERS } from "./words.ts";

/** A script for fish 3.2 and later. */
export const fish = (): string => `# fish completion for hardcall, made by: hardcall completion fish

# The words before the cursor that are neither options nor their values; after --, or where a command begins, "--" and the rest.
function __hardcall_words
    set -l expects 0
    set -l words
    set -l tokens (commandline -opc)
    for index in (seq 2 (count $tokens))
        set -l word $tokens[$index]
        if test $expects = 1
            set expects 0
            continue
        end
        switch $word
            case --
                set -a words -- $tokens[(math $index + 1)..]
                break
            case '-*'
                contains -- $word ${WITH_VALUE.join(" ")}
                and set expects 1
            case '*'
                if contains -- "$words" ${WRAPPERS.map(({ name }) => name).join(" ")}
                    set -a words -- $tokens[$index..]
                    break
                end
                set -a words $word
        end
    end
    string join \\n -- $words
end

function __hardcall_resource_names
    ${RESOURCE_NAMES}
end

# Whether exactly these words were given.
function __hardcall_at
    test "$(__hardcall_words | string collect)" = "$(string join \\n -- $argv | string collect)"
end

# Whether these words were given first, and no wrapped command after them.
function __hardcall_in
    set -l words (__hardcall_words)
    not contains -- -- $words
    and test (count $words) -ge (count $argv)
    and test "$words[1..$(count $argv)]" = "$argv"
end

function __hardcall_is_inner
    contains -- -- (__hardcall_words)
end

function __hardcall_inner
    set -l words (__hardcall_words)
    set -l start (contains -i -- -- $words)
    complete -C (string join ' ' -- (string escape -- $words[(math $start + 1)..] | string collect; commandline -ct))
end

complete -c hardcall -f
complete -c hardcall -n __hardcall_is_inner -x -a '(__hardcall_inner)'
complete -c hardcall -n '__hardcall_at' -s h -l help -d 'Shows the help'
complete -c hardcall -n '__hardcall_at' -s v -l version -d 'Shows the version'
${FIRST_WORDS.map((name) => word([], name, summaryOf(name))).join("")}${FAMILIES.map((family) =>
  membersOf(family)
    .map((member) => word([family.name], verbOf(member), member.summary))
    .join(""),
).join("")}${COMMANDS.map(commandLines).join("")}`;

const word = (after: readonly string[], name: string, summary: string): string =>
  `complete -c hardcall -n '${["__hardcall_at", ...after].join(" ")}' -a ${name} -d ${text(firstSentence(summary))}\n`;

function commandLines(command: Command): string {
  const { name, operands } = command;
  const inside = `complete -c hardcall -n '__hardcall_in ${name}'`;
  const options = Object.entries(optionsOf(command)).map(
    ([option, spec]) => `${inside} -l ${option}${valueOf(spec)} -d ${text(firstSentence(spec.help))}\n`,
  );
  const words = name.split(" ").length;
  const values = operands.map(({ takes, multiple }, index) => {
    const at = `complete -c hardcall -n '__hardcall_in ${name}; and test (count (__hardcall_words)) ${multiple ? "-ge" : "-eq"} ${words + index}'`;
    if (takes === "file") return `${at} -F\n`;
    if (takes === "folder") return `${at} -a '(__fish_complete_directories)'\n`;
    if (takes === "command") return `${at} -a '(__fish_complete_command)'\n`;
    if (takes === "resource") return `${at} -a '(__hardcall_resource_names)'\n`;
    if (takes === "topic") return `${inside} -a '${HELP_WORDS.join(" ")}'\n`;
    return takes === "text" ? "" : `${at} -a '${takes.join(" ")}'\n`;
  });
  return [...options, `${inside} -s h -l help -d 'Shows the help'\n`, ...values].join("");
}

function valueOf(option: Option): string {
  switch (option.takes) {
    case "nothing":
      return "";
    case "choice":
      return ` -x -a '${option.choices.join(" ")}'`;
    case "file":
      return " -r -F";
    case "folder":
      return " -x -a '(__fish_complete_directories)'";
    case "variable":
      return " -x -a '(set --names --export)'";
    case "resource":
      return " -x -a '(__hardcall_resource_names)'";
    default:
      return " -x";
  }
}

/** In fish, `\\'` stands for a quote inside quotes. */
const text = (value: string) => `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
