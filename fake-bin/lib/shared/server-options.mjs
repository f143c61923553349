import { misspeltVariable, readFlags } from "./flags.mjs";

/**
 * The options that the fakes of model APIs share: `{ flags, port, modes }`, `{ help: true }`, or `{ problem }` with a
 * sentence for the user.
 *
 * @param names the flags, `mode` among them
 * @param variable the variable of the environment that gives the modes; others that begin alike are misspelt
 */
export function readServerOptions(argv, env, { names, variable, modes: known }) {
  const read = readFlags(argv, names);
  if (!read.flags) return read;
  const misspelt = misspeltVariable(env, variable.slice(0, -"MODE".length), [variable]);
  if (misspelt !== undefined) return { problem: misspelt };
  const { flags, port } = read;
  const modes = (flags.mode ?? (env[variable] || "ok")).split(",").map((mode) => mode.trim());
  const unknown = modes.find((mode) => !Object.hasOwn(known, mode));
  if (unknown !== undefined) {
    return { problem: `unknown mode '${unknown}'. Modes are: ${Object.keys(known).join(" ")}` };
  }
  return { flags, port, modes };
}
