import type { Plugin } from "esbuild";

/**
 * Loads a module of Node.js when something of it is first used. An ES import of one loads it at once, and reads all that it exports,
 * some of which Node.js loads only when it is read: 9 ms for `node:crypto`, 2 ms for `node:fs`, 1 ms each for `node:util` and
 * `node:tty`.
 *
 * @param filter which modules; Node.js has what this needs since 20.16
 */
export const lateBuiltins = (filter: RegExp): Plugin => ({
  name: "late-builtins",
  setup(build) {
    build.onResolve({ filter }, ({ path }) => ({ path, namespace: "builtin" }));
    build.onLoad({ filter: /.*/, namespace: "builtin" }, ({ path }) => ({ contents: lateModule(path) }));
  },
});

const lateModule = (name: string) => `
  let found;
  const builtin = () => (found ??= process.getBuiltinModule(${JSON.stringify(name)}));
  module.exports = new Proxy({}, { get: (_, name) => (name === "default" ? builtin() : builtin()[name]) });`;

const COPY = /^var __toESM = \([^]*?\n\)\);$/m;

/**
 * esbuild copies what a module of CommonJS exports for each file that imports it, which would load all of it. What `lateBuiltins` makes
 * needs no copy, and no other module of CommonJS is in the bundle.
 */
export function withoutCopies(code: string): string {
  if (!code.includes("var __toESM")) return code;
  if (!COPY.test(code)) throw new Error("esbuild's __toESM has another form");
  return code.replace(COPY, "var __toESM = (module) => module;");
}
