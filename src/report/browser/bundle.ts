import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";

/**
 * Bundles a page's script, so that the page needs no other file and its libraries are no dependencies of hardcall's users.
 * The script begins with the licences of what is in it.
 */
export async function bundle(entry: string): Promise<string> {
  const { metafile, outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    metafile: true,
    write: false,
    outdir: "dist",
    legalComments: "none",
  });
  const [code] = outputFiles;
  const [output] = Object.values(metafile.outputs);
  if (code === undefined || output === undefined) throw new Error("esbuild made nothing");

  const folders = new Set(
    Object.entries(output.inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .flatMap(([file]) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []),
  );
  const notice = [...folders].toSorted().map(licenceOf).join("\n\n");
  if (notice.includes("*/") || /<\/script/i.test(code.text))
    throw new Error("this cannot be put into a page");
  return `/*!\n${notice}\n*/\n${code.text}`;
}

function licenceOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as {
    name: string;
    version: string;
    license: string;
  };
  if (!["ISC", "MIT", "BSD-3-Clause"].includes(license)) throw new Error(`${name} is under ${license}`);
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined) throw new Error(`${name} has no licence file`);
  return `${name} ${version} (${license})\n${readFileSync(path.join(folder, file), "utf8").trim()}`;
}
