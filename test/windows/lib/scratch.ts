import { mkdtempSync } from "node:fs";
import path from "node:path";

/**
 * A folder with a blank in its name. The harness removes it with the machine: a test cannot, because Windows refuses that
 * while a file in it is open, and hardcall has its ledger open until the process ends.
 */
export const scratch = (): string => mkdtempSync(path.resolve("a folder "));
