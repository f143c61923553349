import { processTable } from "../../src/process/process-table.ts";

/**
 * Whether the tests run on `/proc`, or on `ps` (`npm run test:ps`). A test that needs `/proc` says what `ps` does not show:
 * - what left its group, closed the output and lost its parent before a success: no `ps` is started for it;
 * - the environment of a process whose first thread has ended;
 * - processes that fork and end faster than a `ps` lists them;
 * - a process whose environment may not be read, and its control group;
 * - sessions;
 * - that a pid was given to another process within 2 s;
 * - anything without a descriptor, as a `ps` needs some.
 */
export const onProc = processTable().source === "/proc";
