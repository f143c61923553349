/** What the entries of a package export, as the compiler sees their declarations. */
import path from "node:path";
import type { Node } from "typescript/unstable/ast";
// "Unstable" is the compiler's own name for its API. Its version is pinned, and only this folder uses it.
import { API, SymbolFlags } from "typescript/unstable/sync";

export interface Declarations extends Disposable {
  /** What each entry exports: the declarations behind each name, of which an overloaded function has several. */
  readonly exportsOf: ReadonlyMap<string, ReadonlyMap<string, readonly Node[]>>;
  /** The declarations that a name stands for, imports and re-exports followed. */
  readonly behind: (name: Node) => readonly Node[];
  /** Whether a declaration is the package's own: neither the language's nor a dependency's. */
  readonly isOurs: (declaration: Node) => boolean;
}

export interface PackageFiles {
  /** Where the declarations are; absolute. */
  readonly folder: string;
  /** The file of each entry, in `folder`, by the name under which it is imported. */
  readonly entries: ReadonlyMap<string, string>;
}

/** Opens declarations. The compiler runs in a process of its own, which ends when the result is disposed of. */
export function openDeclarations({ folder, entries }: PackageFiles): Declarations {
  const inFolder = (file: string) => path.join(folder, file);
  const config = inFolder("tsconfig.json");
  const compilerOptions = {
    module: "nodenext",
    target: "es2024",
    types: ["node"],
    strict: true,
    noEmit: true,
  };
  const configText = JSON.stringify({ compilerOptions, files: [...entries.values()].map(inFolder) });

  const api = new API({
    cwd: folder,
    // The configuration is in memory only; `undefined` sends the compiler to the disk.
    fs: {
      readFile: (file) => (file === config ? configText : undefined),
      fileExists: (file) => (file === config ? true : undefined),
    },
  });
  const { checker, program } = api.updateSnapshot({ openProjects: [config] }).getProjects()[0]!;

  const declared = (symbol: ReturnType<typeof checker.getAliasedSymbol>): readonly Node[] => {
    const target = symbol.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    return target.declarations.map((handle) => handle.resolve()!);
  };
  const exportsOf = new Map<string, ReadonlyMap<string, readonly Node[]>>();
  for (const [specifier, file] of entries) {
    const module = checker.getSymbolAtLocation(program.getSourceFile(inFolder(file))!)!;
    const exported = checker.getExportsOfModule(module).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    exportsOf.set(specifier, new Map(exported.map((symbol) => [symbol.name, declared(symbol)])));
  }
  return {
    exportsOf,
    behind(name) {
      const symbol = checker.getSymbolAtLocation(name);
      return symbol === undefined ? [] : declared(symbol);
    },
    isOurs: (declaration) => declaration.getSourceFile().fileName.startsWith(folder + path.sep),
    [Symbol.dispose]: () => api.close(),
  };
}
