/** What Deno and Bun add to the global object; nothing in Node.js. */
interface OtherRuntimes {
  readonly Deno?: {
    readonly version: { readonly deno: string };
    readonly build: { readonly standalone?: boolean };
  };
  readonly Bun?: { readonly version: string; readonly main: string };
}

const { Deno, Bun } = globalThis as OtherRuntimes;

/** Arguments after which the text of an ES module stands. Deno's own `--eval` flag is no such thing; `deno eval` has every right. */
const EVALUATES: readonly string[] =
  Deno === undefined ? ["--input-type=module", "-e"] : ["eval", "--quiet", "--no-config", "--no-lock"];

/** A program of the system that runs JavaScript, and the arguments after which the text of a module stands. */
export interface Evaluator {
  readonly file: string;
  readonly args: readonly string[];
}

/**
 * The runtime of this process, to be started on another program. `undefined` in an application that is its own executable, as
 * `deno compile`, `bun build --compile` and Node.js (single executable applications) make them: started anew, it would do its work twice.
 */
export function ownRuntime(): Evaluator | undefined {
  return isApplication() ? undefined : { file: process.execPath, args: EVALUATES };
}

function isApplication(): boolean {
  if (Deno !== undefined) return Deno.build.standalone === true;
  // The file system inside such an executable: https://bun.sh/docs/bundler/executables.
  if (Bun !== undefined) return /^(\/\$bunfs|[A-Z]:[\\/]~BUN)[\\/]/.test(Bun.main);
  return process.getBuiltinModule("node:sea").isSea();
}
