import { build } from "esbuild";

/**
 * Finds out what some files need at once: the files and the modules of Node.js that they import, and what those import, but nothing that
 * `import()` loads.
 */
export async function staticImports(
  entries: readonly string[],
): Promise<(files: readonly string[]) => ReadonlySet<string>> {
  const { metafile } = await build({
    entryPoints: [...entries],
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    outdir: "dist",
    write: false,
    metafile: true,
    logLevel: "warning",
  });
  return (files) => {
    const found = new Set<string>();
    const visit = (file: string) => {
      if (found.has(file)) return;
      found.add(file);
      for (const { path, kind, external } of metafile.inputs[file]?.imports ?? [])
        if (kind === "import-statement" && (external !== true || path.startsWith("node:"))) visit(path);
    };
    files.forEach(visit);
    return found;
  };
}
