/** The part of a logger that hardcall uses; pino's fits, and so does any with the same order of arguments. */
export interface Logger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
