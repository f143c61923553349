import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";

/** A folder of the test's own, gone when it has ended. */
export function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), "hardcall-evidence-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}
