import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { isWindows } from "../core/is-windows.ts";
import { copyExample } from "./copy-example.ts";
import { EXAMPLES, type Example } from "./interface/example-list.ts";
import { EXIT } from "./interface/exit-code.ts";
import { nearest } from "../core/nearest.ts";
import { parse } from "./interface/parse.ts";
import { EXAMPLE } from "./interface/tools.ts";
import { UsageError } from "./interface/usage-error.ts";
import { print } from "./print.ts";
import { table } from "./table.ts";
import { visible } from "./terminal/visible.ts";

/** `hardcall example` lists the examples of the package; with a name it copies one and says how to run it. */
export async function main(argv: readonly string[]): Promise<number> {
  const { operands, values } = parse(EXAMPLE, argv);
  values();
  const [name, folder = "."] = operands;
  if (name === undefined) {
    void print(`${list()}\n\nCopy one: hardcall example NAME [FOLDER]\n`);
    return EXIT.ok;
  }
  const example = EXAMPLES.find((each) => each.name === name);
  if (example === undefined) {
    process.stderr.write(`hardcall: ${unknown(name)}\n\n${list()}\n`);
    return EXIT.usage;
  }
  if (folder.trim() === "") throw new UsageError("FOLDER is blank; name a folder, or leave it out");
  let files: readonly string[];
  try {
    files = copyExample(example, folder);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const where = `into ${JSON.stringify(folder)}: ${message}`;
    // A file is in the way. All other errors are those of the disk.
    if (code === "EEXIST" || code === "ENOTDIR")
      throw new UsageError(`the example cannot be copied ${where}`);
    process.stderr.write(`hardcall: The example could not be copied ${where}\n`);
    return EXIT.notWritten;
  }
  void print(report(example, folder, files));
  return EXIT.ok;
}

function unknown(name: string): string {
  const meant = nearest(
    name,
    EXAMPLES.map((each) => each.name),
  );
  const hint = meant === undefined ? "these are the examples:" : `did you mean ${meant}?`;
  return `${JSON.stringify(name)} is not an example; ${hint}`;
}

const list = () =>
  table(
    ["NAME", "WHAT IT DOES"],
    EXAMPLES.map(({ name, about }) => [name, about]),
  );

function report({ name, files, needs, run }: Example, folder: string, copied: readonly string[]): string {
  const home = files === undefined ? path.join(folder, name) : folder;
  const what = files === undefined ? [`${home}${path.sep} (${copied.length} files)`] : copied;
  const missing = needs.filter((wanted) => !isInstalled(wanted, home));
  const commands = [
    ...(path.relative(home, ".") === "" ? [] : [`cd ${quoted(noOption(home))}`]),
    ...(missing.length === 0 ? [] : [`npm install ${missing.join(" ")}`]),
    ...run,
  ];
  return `Copied:\n${indented(what)}\nTo try it:\n${indented(commands)}`;
}

const indented = (lines: readonly string[]) => lines.map((line) => `  ${visible(line)}\n`).join("");

/** Looks where Node would look for the package. */
function isInstalled(wanted: string, folder: string): boolean {
  const name = wanted.replace(/(?<=.)@.*$/, "");
  const from = createRequire(path.resolve(folder, "example.mjs"));
  return (from.resolve.paths(name) ?? []).some((modules) => existsSync(path.join(modules, name)));
}

/** `cd` would read a folder such as "-here" as an option. */
const noOption = (folder: string) => (folder.startsWith("-") ? `./${folder}` : folder);

const quoted = (text: string) => {
  if (/^[\w./-]+$/.test(text)) return text;
  // For cmd.exe and PowerShell: a path of Windows holds no double quote.
  return isWindows ? `"${text}"` : `'${text.replaceAll("'", String.raw`'\''`)}'`;
};
