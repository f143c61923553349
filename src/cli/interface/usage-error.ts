/** `--help` among the options. */
export class HelpAsked extends Error {}

/** A command line that cannot be right. */
export class UsageError extends Error {}

/** A configuration file that cannot be right. No help of a command would say more than its message. */
export class FileError extends Error {}
