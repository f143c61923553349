import { programText } from "../../core/program-text.ts";

/** The helper's program. `undefined` in a bundle that another program made: it does not have that file. */
export const helperText = programText(import.meta.url, "./program.ts", "./spawn-helper.js");
