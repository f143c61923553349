import path from "node:path";

/** Without it every one of the many processes would strip the types of the same files anew. */
export const COMPILE_CACHE = {
  NODE_COMPILE_CACHE: path.join(import.meta.dirname, "../../node_modules/.cache/hardcall-tests"),
};

export const childEnv = (extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  ...process.env,
  ...COMPILE_CACHE,
  ...extra,
});
