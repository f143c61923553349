/** Is this Wine? What it lacks is skipped there, with the reason, and runs on Windows. */
export const WINE = process.env["HARDCALL_TEST_WINDOWS"] === "wine";

/** For `test(name, { skip: notUnderWine("…") }, …)`: the reason, a sentence, is listed at the end of the suite. */
export const notUnderWine = (reason: string): string | false => (WINE ? reason : false);
