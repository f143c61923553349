/** CreateProcessW takes at most 32,767 characters, the final NUL included ("CreateProcessW function" in the Windows documentation). */
export const MAX_COMMAND_LINE = 32_766;
/** cmd.exe takes at most this many ("Command prompt line string limitation" in the Windows documentation). */
export const MAX_BATCH_LINE = 8191;

/** A longer path needs the prefix `\\?\` ("Maximum Path Length Limitation" in the Windows documentation). */
export const MAX_PATH = 259;

/** How many characters the arguments take in a command line as libuv writes it (`quote_cmd_arg` in its src/win/process.c). */
export function commandLineLength(file: string, args: readonly string[]): number {
  return [file, ...args].reduce((sum, arg) => sum + quotedLength(arg) + 1, -1);
}

function quotedLength(arg: string): number {
  if (arg !== "" && !/[ \t"]/.test(arg)) return arg.length;
  // A quote gets a backslash of its own.
  return withDoubledBackslashes(arg).replaceAll('"', String.raw`\"`).length + 2;
}

/** Doubles the backslashes that would otherwise escape a quote: those before one, and those at the end, before the final quote. */
function withDoubledBackslashes(text: string): string {
  // Each run is matched once: a pattern that looks for the quote behind it would take minutes for a megabyte of backslashes.
  return text.replace(/\\+/g, (run, at: number) => {
    const next = text[at + run.length];
    return next === undefined || next === '"' ? run + run : run;
  });
}

/** No character here means anything to cmd.exe, nor separates the arguments of a batch file as `,`, `;` and `=` do. */
const PLAIN = /^[\w\-+./:@\\]+$/;

/**
 * What stands behind `cmd.exe /d /e:on /v:off /s /c` to run a batch file with these arguments. The path is quoted, and so is every
 * argument that holds more than plain characters: between quotes, cmd.exe reads nothing but `%` and `"` (CVE-2024-27980).
 * - A quote is doubled. A program reads that as one quote, and cmd.exe's count of quotes stays even. A backslash before it would not.
 * - A percent sign cannot be quoted. It becomes `%%cd:~,%`: the first sign stays as it is, because no name is between it and the next,
 *   and the rest is an empty part of the variable `cd`. Rust's standard library writes it so since CVE-2024-24576.
 *
 * The caller refuses line breaks: cmd.exe ends the command there. What a batch file itself does to its arguments remains: `call` reads
 * percent signs a second time, and `%~1` shows doubled quotes.
 */
export function batchLine(file: string, args: readonly string[]): string {
  return `"${[quoted(file), ...args.map((arg) => (isPlain(arg) ? arg : quoted(arg)))].join(" ")}"`;
}

// A backslash at the end would escape the quote of a batch file that writes "%~1".
const isPlain = (arg: string): boolean => PLAIN.test(arg) && !arg.endsWith("\\");

function quoted(text: string): string {
  return `"${withDoubledBackslashes(text).replaceAll('"', '""').replaceAll("%", "%%cd:~,%")}"`;
}
