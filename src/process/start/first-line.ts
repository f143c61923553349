/** The first line of a script. */
export interface FirstLine {
  /** The program that it names, as it is written there. */
  readonly interpreter?: string | undefined;
  /** What follows the program, without the line's end. */
  readonly options: string;
  /** It ends as on Windows. */
  readonly isCrlf: boolean;
}

/** What the first line of a script names, and whether it ends as on Windows. */
export function firstLineOf(file: string): FirstLine {
  const { closeSync, openSync, readSync } = process.getBuiltinModule("node:fs");
  const head = Buffer.alloc(256);
  try {
    const fd = openSync(file, "r");
    try {
      const size = readSync(fd, head, 0, head.length, 0);
      const [, interpreter, rest = ""] =
        /^#![ \t]*(\S+)([^\n]*)/.exec(head.toString("latin1", 0, size)) ?? [];
      return { interpreter, options: rest.trim(), isCrlf: rest.endsWith("\r") };
    } finally {
      closeSync(fd);
    }
  } catch {
    // Not readable for us: then nothing more can be said of it.
    return { options: "", isCrlf: false };
  }
}
