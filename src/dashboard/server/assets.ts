import { readFile } from "node:fs/promises";
import path from "node:path";
import { packageRoot } from "../../core/package-root.ts";

/** One file of the page. */
export interface Asset {
  readonly type: string;
  readonly body: Uint8Array;
}

const FILES: Readonly<Record<string, { readonly file: string; readonly type: string }>> = {
  "/": { file: "index.html", type: "text/html; charset=utf-8" },
  "/app.js": { file: "app.js", type: "text/javascript; charset=utf-8" },
  "/style.css": { file: "style.css", type: "text/css; charset=utf-8" },
  "/icon.svg": { file: "icon.svg", type: "image/svg+xml" },
};

/** The page's files, by the path that the server has them under. They are few and small, and stay in memory. */
export async function readAssets(
  folder: string = path.join(packageRoot(), "dist", "dashboard"),
): Promise<ReadonlyMap<string, Asset>> {
  const found = await Promise.all(
    Object.entries(FILES).map(
      async ([at, { file, type }]) => [at, { type, body: await readFile(path.join(folder, file)) }] as const,
    ),
  );
  return new Map(found);
}
