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

/** The JSON value of a flag as `{ value }`, or `{ problem }`. */
export function readJson(name, text) {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { problem: `--${name} is not JSON: ${error.message}` };
  }
}
