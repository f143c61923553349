/** `--help` among the options. */
export class HelpAsked extends Error {}

/** A command line that cannot be right. */
export class UsageError extends Error {}
