import path from "node:path";

/** What a batch file of npm starts: a program, or a script with the program that reads it. Paths are relative to the batch file. */
export type NpmShim =
  | { readonly kind: "program"; readonly target: string }
  | {
      readonly kind: "script";
      readonly target: string;
      readonly interpreter: string;
      readonly options: readonly string[];
    };

const HEAD = String.raw`@ECHO off\nGOTO start\n:find_dp0\nSET dp0=%~dp0\nEXIT /b\n:start\nSETLOCAL\nCALL :find_dp0\n`;
const LOOK = String.raw`IF EXIST "%dp0%\\<name>\.exe" \(\n  SET "_prog=%dp0%\\\k<name>\.exe"\n\) ELSE \(\n`;
const ELSE = String.raw`  SET "_prog=\k<name>"\n  SET PATHEXT=%PATHEXT:;\.JS;=;%\n\)\n\n`;
const GOTO = String.raw`endLocal & goto #_undefined_# 2>NUL \|\| title %COMSPEC% & "%_prog%" <options> "%dp0%\\<target>" %\*\n`;
const HOLES: Readonly<Record<string, string>> = {
  "<name>": "(?<name>[\\w.-]+)",
  "<options>": "(?<options>[\\w .=:-]*)",
  "<target>": '(?<target>[^"%\\n]+)',
};
const asPattern = (text: string): RegExp =>
  new RegExp(`^${text.replace(/(?<!\\k)<\w+>/g, (hole) => HOLES[hole]!).replaceAll("\\n", "\\r?\\n")}$`);

const PROGRAM = asPattern(String.raw`${HEAD}"%dp0%\\<target>"   %\*\n`);
const SCRIPT = asPattern(String.raw`${HEAD}\n${LOOK}${ELSE}${GOTO}`);

/**
 * Reads a batch file as npm writes one for a package's command (its package cmd-shim, 5 and later). hardcall starts the command behind it
 * without cmd.exe, which takes no line breaks and a quarter of the characters: a system prompt needs both. `undefined` for every other
 * text, even a similar one: it may do more.
 */
export function readNpmShim(text: string): NpmShim | undefined {
  const program = PROGRAM.exec(text)?.groups?.["target"];
  if (program !== undefined)
    return /\.(?:exe|com)$/i.test(program)
      ? { kind: "program", target: path.win32.normalize(program) }
      : undefined;
  const { name, options = "", target } = SCRIPT.exec(text)?.groups ?? {};
  if (name === undefined || target === undefined) return undefined;
  return {
    kind: "script",
    target: path.win32.normalize(target),
    interpreter: name,
    options: options.split(" ").filter((option) => option !== ""),
  };
}
