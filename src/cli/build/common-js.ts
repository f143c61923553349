import { transform } from "esbuild";

const EXPORTS = /^export \{\n([^}]*)\n\};$/m;
/** A file of the build that another one requires. */
const OWN_FILE = /(\brequire\("\.\/cli-[^"]+)\.js("\))/g;

/** What a file begins with that has the name. */
const PRELUDE: ReadonlyMap<string, string> = new Map([
  [
    "importMetaUrl",
    'var importMetaUrl = process.getBuiltinModule("node:url").pathToFileURL(__filename).href;\n',
  ],
  // The same clock as `performance.now()`, from another start. Node.js loads `performance` when it is first read, which takes 1 ms.
  [
    "monotonicMs",
    "var monotonicMs = () => { var [s, ns] = process.hrtime(); return s * 1e3 + ns / 1e6; };\n",
  ],
]);

/**
 * Makes CommonJS of a file of the command line: only of that does V8 give the code of functions that have run, which
 * ../load-compiled.ts keeps. esbuild can split none but ES modules.
 */
export async function toCommonJs(text: string): Promise<string> {
  // By value: the getters that esbuild makes of hundreds of exports take 1.4 ms at each start. load-together.ts sees that none changes.
  const byValue = text.replace(EXPORTS, (_, names: string) => {
    return `moduleExports = {\n${names.split(",\n").map(propertyOf).join(",\n")}\n};`;
  });
  const { code } = await transform(byValue, {
    format: "cjs",
    platform: "node",
    target: "node22",
    // It says that an import of a package means what it means in Node.js.
    sourcefile: "file.mjs",
    // `import()` becomes `require`: scripts have none without a loader of their own.
    supported: { "dynamic-import": false, "regexp-unicode-property-escapes": true },
    define: { "import.meta.url": "importMetaUrl", "performance.now": "monotonicMs" },
    legalComments: "none",
  });
  const own = code.replaceAll(OWN_FILE, "$1.cjs$2").replace(/^moduleExports =/m, "module.exports =");
  return [...PRELUDE].flatMap(([name, line]) => (own.includes(name) ? [line] : [])).join("") + own;
}

/** `  own as exported`, or `  exported`. */
function propertyOf(line: string): string {
  const [own = "", exported = own] = line.trim().split(" as ");
  return `  ${JSON.stringify(exported)}: ${own}`;
}
