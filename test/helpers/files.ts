import { existsSync, mkdtempSync, readFileSync, rmSync, watch } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { killAll } from "./processes.ts";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** An executable of `test/fixtures`, named by its fault. */
export const fixture = (name: string): string => path.join(ROOT, "test/fixtures", name);

/** A folder that is gone when the test is over. */
export function tempFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "hardcall-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The file in which the processes of a fixture report themselves, one pid a line. What is left of them is ended. */
export class PidFile {
  readonly path = path.join(tempFolder(), "pids");

  constructor() {
    onTestFinished(() => killAll(this.pids()));
  }

  pids(): number[] {
    return linesOf(this.path).map(Number);
  }

  /** Waits until so many processes have reported. */
  async reported(count: number, ms = 20_000): Promise<number[]> {
    await untilFile(this.path, () => this.pids().length >= count, ms);
    return this.pids();
  }
}

/** The whole lines of a file; none when it does not exist yet. */
export function linesOf(file: string): string[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8").split("\n").slice(0, -1);
}

/** Waits until a file has so many lines. */
export async function linesIn(file: string, count: number): Promise<string[]> {
  await untilFile(file, () => linesOf(file).length >= count);
  return linesOf(file);
}

/** Waits until a file is as it should be. */
export async function untilFile(file: string, isRight: () => boolean, ms = 20_000): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const look = () => {
    if (isRight()) resolve();
  };
  const watcher = watch(path.dirname(file), look);
  const timer = setTimeout(
    () => reject(new Error(`${file} did not become what it should be within ${ms} ms`)),
    ms,
  );
  look();
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    watcher.close();
  }
}
