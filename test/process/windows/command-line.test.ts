import { array, assert, constantFrom, property, string } from "fast-check";
import { describe, expect, test } from "vitest";
import { batchLine, commandLineLength } from "../../../src/process/windows/command-line.ts";

const FILE = String.raw`C:\a b\tool.cmd`;
const lineOf = (...args: readonly string[]) => batchLine(FILE, args);

describe("the command line of a batch file", () => {
  test.each([
    ["plain text", "--model=x", '"--model=x"'],
    ["letters, digits and a path", String.raw`C:\x-1\y_2.txt`, String.raw`C:\x-1\y_2.txt`],
    ["nothing", "", '""'],
    ["a blank", "a b", '"a b"'],
    ["what separates commands", "a&b|c<d>e", '"a&b|c<d>e"'],
    ["what separates arguments", "a,b;c=d", '"a,b;c=d"'],
    ["a caret and an exclamation mark", "^!", '"^!"'],
    ["a quote", 'say "hi"', '"say ""hi"""'],
    ["a backslash before a quote", String.raw`a\"b`, String.raw`"a\\""b"`],
    ["a backslash at the end", "a\\", String.raw`"a\\"`],
    ["a percent sign", "%PATH%", '"%%cd:~,%PATH%%cd:~,%"'],
    ["a way out of the quotes", '" & calc & "', '""" & calc & """'],
    ["other alphabets", "é漢😀", '"é漢😀"'],
  ])("%s", (_, arg, quoted) => {
    expect(lineOf(arg)).toBe(String.raw`""C:\a b\tool.cmd" ${quoted}"`);
  });

  test("a percent sign in the path", () => {
    expect(batchLine(String.raw`C:\50%\x.cmd`, [])).toBe(String.raw`""C:\50%%cd:~,%\x.cmd""`);
  });

  test("cmd.exe reads nothing outside the quotes that has a meaning, and a program reads every argument as it was", () => {
    const units = [...Array.from('ab \\"%&|<>^!(),;=\t@*?'), "é", "😀"];
    const text = string({ unit: constantFrom(...units), maxLength: 12 });
    assert(
      property(array(text, { maxLength: 4 }), (args) => {
        const line = lineOf(...args).slice(1, -1);
        const expanded = line.replaceAll("%%cd:~,%", "\0");
        expect(expanded).not.toContain("%");
        expect(expanded.replace(/"[^"]*"/g, "")).toMatch(/^[\w\-+./:@\\ ]*$/);
        expect(asProgramReads(expanded.replaceAll("\0", "%"))).toEqual([FILE, ...args]);
      }),
    );
  });
});

/** How a program of Microsoft's C runtime splits its command line ("main function and command-line arguments" in its documentation). */
function asProgramReads(line: string): string[] {
  const args: string[] = [];
  let arg: string | undefined;
  let isQuoted = false;
  for (let at = 0; at < line.length; at++) {
    const slashes = /^\\*/.exec(line.slice(at))![0].length;
    if (slashes > 0) {
      const beforeQuote = line[at + slashes] === '"';
      arg = (arg ?? "") + "\\".repeat(beforeQuote ? Math.floor(slashes / 2) : slashes);
      at += slashes - 1;
      if (beforeQuote && slashes % 2 === 1) {
        arg += '"';
        at++;
      }
    } else if (line[at] === '"') {
      arg ??= "";
      if (isQuoted && line[at + 1] === '"') arg += line[++at];
      else isQuoted = !isQuoted;
    } else if (!isQuoted && /[ \t]/.test(line[at]!)) {
      if (arg !== undefined) args.push(arg);
      arg = undefined;
    } else arg = (arg ?? "") + line[at];
  }
  return arg === undefined ? args : [...args, arg];
}

test("a megabyte of backslashes is counted at once", () => {
  const slashes = `${"\\".repeat(1_000_000)} `;
  const begun = performance.now();
  expect(commandLineLength("x", [slashes])).toBe(1_000_005);
  expect(lineOf(slashes)).toHaveLength(FILE.length + 1_000_008);
  expect(performance.now() - begun).toBeLessThan(5000);
});

test("the length of a program's command line counts quotes and the backslashes before them", () => {
  expect(commandLineLength("tool.exe", [])).toBe("tool.exe".length);
  expect(commandLineLength("tool.exe", ["a", ""])).toBe('tool.exe a ""'.length);
  expect(commandLineLength("a b", ['say "hi"'])).toBe(String.raw`"a b" "say \"hi\""`.length);
  expect(commandLineLength("x", [String.raw`a\"b`, "c d\\", "e\\"])).toBe(
    String.raw`x "a\\\"b" "c d\\" e\ `.trim().length,
  );
});
