import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { build, type Metafile } from "esbuild";

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

  if (/<\/script/i.test(code.text)) throw new Error("this cannot be put into a page");
  return `${licencesOf(output)}${code.text}`;
}

/** A comment with the licences of the packages that are in a bundle; nothing for a bundle without any. */
export function licencesOf({ inputs }: Pick<Metafile["outputs"][string], "inputs">): string {
  const folders = new Set(
    Object.entries(inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .flatMap(([file]) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []),
  );
  const notice = [...folders].toSorted().map(licenceOf).join("\n\n");
  if (notice.includes("*/")) throw new Error("a licence would end the comment");
  return notice && `/*!\n${notice}\n*/\n`;
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
