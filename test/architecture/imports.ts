import { globSync, readFileSync } from "node:fs";
import path from "node:path";

/** One file that names another: `import`, `export … from`, `import type`, `import()`, also in a type. */
export interface Import {
  readonly from: string;
  readonly to: string;
  /** As the file writes them; `*` for a dynamic import. */
  readonly names: string;
}

const STATIC = /^(?:import|export)\b(?:\s+type\b)?\s*([^;"'()]*?)\s*(?:\bfrom\s*)?"(\.[^"]+)"/gm;
const DYNAMIC = /\bimport\(\s*"(\.[^"]+)"/g;

/** Every import between files of ours below `root`; paths are relative to `root`. */
export function importsIn(root: string, pattern = "**/*.ts"): readonly Import[] {
  return globSync(pattern, { cwd: root }).flatMap((from) => {
    const text = readFileSync(path.join(root, from), "utf8");
    const found = [
      ...[...text.matchAll(STATIC)].map(([, names, to]) => ({ names: names ?? "", to: to ?? "" })),
      ...[...text.matchAll(DYNAMIC)].map(([, to]) => ({ names: "*", to: to ?? "" })),
    ];
    return found.map(({ names, to }) => ({
      from,
      to: path.normalize(path.join(path.dirname(from), to)),
      names: names.replaceAll(/\s+/g, " "),
    }));
  });
}

/** `from → to {names}`, the way a failure shows an import. */
export const show = ({ from, to, names }: Import) => `${from} → ${to} ${names}`;

/** Each circle of the graph once, as the imports along it. */
export function circles(imports: readonly Import[], node: (file: string) => string): readonly string[] {
  const edges = new Map<string, Map<string, Import>>();
  for (const one of imports) {
    const [from, to] = [node(one.from), node(one.to)];
    if (from === to) continue;
    const known = edges.get(from) ?? new Map<string, Import>();
    known.set(to, known.get(to) ?? one);
    edges.set(from, known);
  }
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (at: string, way: readonly string[]): void => {
    const start = way.indexOf(at);
    if (start !== -1) {
      const circle = [...way.slice(start), at];
      found.push(
        circle
          .slice(1)
          .map((to, index) => show(edges.get(circle[index] ?? "")?.get(to) as Import))
          .join("\n  "),
      );
      return;
    }
    if (done.has(at)) return;
    for (const to of edges.get(at)?.keys() ?? []) visit(to, [...way, at]);
    done.add(at);
  };
  for (const from of edges.keys()) visit(from, []);
  return found;
}
