/** What the comment before a block says about it, `<!-- file: draft.ts; exit: 65 -->`. Readers do not see it. */
export interface Steering {
  /** The block is saved under this name, for the later blocks of its page. */
  readonly file?: string;
  readonly env: Readonly<Record<string, string>>;
  /** The expected exit code; of a console block that of its last command. */
  readonly exit: number;
  /** It is checked, but not run. */
  readonly norun: boolean;
  /** Programs without which the block is skipped, such as what only some systems have. */
  readonly needs: readonly string[];
  /** A python block is run, and not only parsed. */
  readonly run: boolean;
  /** The block is what the one before it prints. */
  readonly prints: boolean;
  /** The block shows what must not compile. */
  readonly failsToCompile: boolean;
}

/** @throws An Error that names the place, for a part that is not known: a mistyped one would steer nothing. */
export function parseSteering(comment: string, where: string): Steering {
  let steering: Steering = {
    env: {},
    exit: 0,
    norun: false,
    needs: [],
    run: false,
    prints: false,
    failsToCompile: false,
  };
  for (const part of comment.split(";")) {
    const [, name = "", value = ""] = /^\s*(\w*)(?::\s*(.*?))?\s*$/.exec(part) ?? [];
    steering = { ...steering, ...steeredBy(name, value, `${where}: "${part.trim()}"`) };
  }
  return steering;
}

function steeredBy(name: string, value: string, where: string): Partial<Steering> {
  switch (name) {
    case "":
      return {};
    case "file":
      return { file: value };
    case "env":
      return { env: Object.fromEntries(value.split(/\s+/).map((pair) => parseVariable(pair, where))) };
    case "exit":
      if (!/^\d+$/.test(value)) throw new Error(`${where}: exit takes an exit code.`);
      return { exit: Number(value) };
    case "norun":
      return { norun: true };
    case "needs":
      return { needs: value.split(/\s+/) };
    case "run":
      return { run: true };
    case "prints":
      return { prints: true };
    case "typecheck":
      if (value !== "fails") throw new Error(`${where}: typecheck takes "fails".`);
      return { failsToCompile: true };
    default:
      throw new Error(
        `${where} steers no block. Known: file, env, exit, norun, needs, run, prints, typecheck.`,
      );
  }
}

function parseVariable(pair: string, where: string): [string, string] {
  const at = pair.indexOf("=");
  if (at < 1) throw new Error(`${where}: env takes NAME=value pairs.`);
  return [pair.slice(0, at), pair.slice(at + 1)];
}
