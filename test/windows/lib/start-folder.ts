/** A folder for batch files and programs, and calls of them. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CallError, runCommand, type RunCommandOptions } from "hardcall";
import { notUnderWine } from "./platform.ts";

export const NODE = process.execPath;
/** Blanks, an ampersand, quotes of other kinds and letters that no OEM code page has together. It goes with the machine. */
export const FOLDER = path.join(mkdtempSync(path.join(tmpdir(), "start-")), "a b & (ü) 'é' 漢");
mkdirSync(FOLDER);

export const at = (...names: string[]): string => path.join(FOLDER, ...names);
export function put(name: string, text: string): string {
  writeFileSync(at(name), text);
  return at(name);
}

/** Prints its arguments. */
export const SHOW = put("show.cjs", "console.log(JSON.stringify(process.argv.slice(2)));");
/** Hands its arguments to SHOW. As npm writes one for a package's command, but for its look for a node.exe beside it. */
put(
  "shim.cmd",
  '@ECHO off\r\nSETLOCAL\r\nSET "_prog=node"\r\n"%_prog%" "%~dp0\\show.cjs" %*\r\nEXIT /b %errorlevel%\r\n',
);

export const run = async (
  file: string,
  args: readonly string[] = [],
  options: Partial<RunCommandOptions> = {},
): ReturnType<typeof runCommand> => runCommand(file, args, { timeout: "60s", ...options });

/** An environment in which a batch file finds Node. */
export const withNode = { PATH: `${path.dirname(NODE)};${process.env["PATH"]}` };

export async function failure(...asked: Parameters<typeof run>): Promise<CallError> {
  const error = await run(...asked).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof CallError, `a CallError, not ${String(error)}`);
  return error;
}

/** Why a test with percent signs does not run, or false. */
export const PERCENT = notUnderWine("Wine's cmd.exe reads a percent sign that stands for itself once more");
