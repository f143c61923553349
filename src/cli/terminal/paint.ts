import { styleText } from "node:util";

/**
 * Text for stdout in a style, where colours are wanted: on a terminal that has them (not `TERM=dumb`), without `NO_COLOR`, or with
 * `FORCE_COLOR`. Elsewhere the text itself.
 */
export const paint = (format: Parameters<typeof styleText>[0], text: string): string =>
  styleText(format, text, { stream: process.stdout });
