import path from "node:path";
import { envValue } from "./environment.ts";

const { win32 } = path;

/** What a command's name stands for on Windows. */
export type FoundCommand =
  /** CreateProcess starts it. */
  | { readonly kind: "program"; readonly file: string }
  /** Only cmd.exe can run it. */
  | { readonly kind: "batch"; readonly file: string }
  /** A file that Windows cannot start by itself: a script with an interpreter, or no program at all. */
  | { readonly kind: "other"; readonly file: string }
  | { readonly kind: "folder" }
  | { readonly kind: "missing" };

/** Where a search looks. `isFile` and `isFolder` take absolute paths. */
export interface Search {
  readonly cwd: string;
  /** The child's environment: `PATH` and `PATHEXT` in any spelling. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isFile: (file: string) => boolean;
  readonly isFolder: (folder: string) => boolean;
}

/** What cmd.exe takes when PATHEXT is not set. */
const PATHEXT = ".COM;.EXE;.BAT;.CMD;.VBS;.VBE;.JS;.JSE;.WSF;.WSH;.MSC";
const PROGRAMS: ReadonlySet<string> = new Set([".com", ".exe"]);
const BATCHES: ReadonlySet<string> = new Set([".bat", ".cmd"]);

/**
 * Finds a command as cmd.exe does. It looks for a name in the working folder, then in each folder of PATH, with each extension of PATHEXT.
 * It tries a path as it is and with each extension. Files that Windows can start come before all others, so that `tool.js` does not hide the `tool.cmd` beside it.
 */
export function searchCommand(file: string, search: Search): FoundCommand {
  const { cwd, isFile, isFolder } = search;
  // Windows ignores blanks and dots at the end of a name: "x.bat ." is x.bat (CVE-2024-36138).
  const name = file.replace(/[ .]+$/, "");
  const isPath = /[\\/:]/.test(file);
  const nothing = isPath && isFolder(win32.resolve(cwd, file)) ? "folder" : "missing";
  // A path that ends with a separator names a folder, and a colon after the drive's names a stream of a file.
  if (name === "" || /[\\/]$/.test(name) || win32.basename(name).includes(":")) return { kind: nothing };
  const bases = isPath
    ? [win32.resolve(cwd, name)]
    : foldersOf(search).map((folder) => win32.resolve(cwd, folder, name));
  const extensions = (envValue(search.env, "PATHEXT") || PATHEXT)
    .split(";")
    .map((extension) => extension.trim().toLowerCase())
    .filter((extension) => extension !== "");
  const isTyped = win32.extname(name) !== "";
  const startable = extensions.filter((extension) => PROGRAMS.has(extension) || BATCHES.has(extension));
  for (const base of bases) {
    for (const candidate of [...(isTyped ? [base] : []), ...startable.map((extension) => base + extension)]) {
      const kind = kindOf(candidate);
      if (kind !== "other" && isFile(candidate)) return { kind, file: candidate };
    }
  }
  const others = ["", ...extensions, ".ps1"].filter((extension) => !startable.includes(extension));
  for (const base of bases) {
    for (const extension of others)
      if (isFile(base + extension)) return { kind: "other", file: base + extension };
  }
  return { kind: nothing };
}

function kindOf(file: string): "program" | "batch" | "other" {
  const extension = win32.extname(file).toLowerCase();
  if (PROGRAMS.has(extension)) return "program";
  return BATCHES.has(extension) ? "batch" : "other";
}

/** The folders in which Windows looks for a name (NeedCurrentDirectoryForExePath in the Windows documentation). */
function foldersOf({ cwd, env }: Search): string[] {
  const skipsCwd =
    envValue(env, "NoDefaultCurrentDirectoryInExePath") !== undefined ||
    envValue(process.env, "NoDefaultCurrentDirectoryInExePath") !== undefined;
  return [...(skipsCwd ? [] : [cwd]), ...splitPath(envValue(env, "PATH") ?? "")];
}

/** The folders of a PATH. A semicolon inside quotes belongs to the folder's name; an empty entry names no folder. */
function splitPath(searchPath: string): string[] {
  const entries = searchPath.match(/(?:"[^"]*"?|[^;"])+/g) ?? [];
  return entries.map((entry) => entry.replaceAll('"', "").trim()).filter((entry) => entry !== "");
}
