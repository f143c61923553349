/** The part of a logger that hardcall uses. pino's logger fits, and any other with the same order of arguments. */
export interface Logger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
