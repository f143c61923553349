import { parseArgs } from "node:util";
import { hint } from "./edit-distance.cjs";

/** The flags of a fake server and its port, `{ help: true }`, or `{ problem }` with a sentence for the user. */
export function readFlags(argv, names) {
  const options = { help: { type: "boolean", short: "h" } };
  for (const name of ["port", ...names]) options[name] = { type: "string" };
  let flags;
  try {
    flags = parseArgs({ args: argv, options, allowPositionals: false }).values;
  } catch (error) {
    const [given, unknown] = /^Unknown option '--([^']*)'/.exec(error.message) ?? [];
    return {
      problem: given === undefined ? error.message : given + hint(unknown, Object.keys(options), "--"),
    };
  }
  if (flags.help) return { help: true };
  const port = Number(flags.port ?? 0);
  if (flags.port === "" || !Number.isInteger(port) || port < 0 || port > 65535) {
    return { problem: `--port must be a whole number from 0 to 65535, not '${flags.port}'` };
  }
  return { flags, port };
}

/**
 * A sentence about a variable of the environment that is probably a misspelt one of the fake, or undefined.
 *
 * @param known the variables that the fake reads; all begin with `prefix`
 */
export function misspeltVariable(env, prefix, known) {
  for (const name of Object.keys(env)) {
    if (!name.startsWith(prefix) || known.includes(name)) continue;
    // The part that differs: all of them have the long prefix, which would make any two look alike.
    const meant = hint(
      name.slice(prefix.length),
      known.map((one) => one.slice(prefix.length)),
      prefix,
    );
    if (meant !== "") return `The environment has ${name}, which the fake does not read${meant}`;
  }
  return undefined;
}

/** The JSON value of a flag as `{ value }`, or `{ problem }`. */
export function readJson(name, text) {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { problem: `--${name} is not JSON: ${error.message}` };
  }
}
