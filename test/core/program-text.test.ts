import { execFileSync } from "node:child_process";
import { mkdirSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { programText } from "../../src/core/program-text.ts";
import { tempFolder } from "../helpers/files.ts";

/** A program beside a file of the built package. */
function built() {
  const folder = tempFolder();
  const file = path.join(folder, "program.js");
  return {
    file,
    text: programText(pathToFileURL(path.join(folder, "index.js")).href, "./no/program.ts", "./program.js"),
  };
}

test("in the built package it is what the file says, even after an upgrade has replaced or removed that", () => {
  const { file, text } = built();
  writeFileSync(file, "one");
  expect(text()).toBe("one");
  writeFileSync(file, "another");
  expect(text()).toBe("one");
  rmSync(file);
  expect(text()).toBe("one");
});

test("a bundle that another program made does not have the file, and is not searched again", () => {
  const { file, text } = built();
  expect(text()).toBe(undefined);
  writeFileSync(file, "of something else");
  expect(text()).toBe(undefined);
});

test("a file that cannot be read for a moment is read the next time", () => {
  const { file, text } = built();
  mkdirSync(file);
  expect(text).toThrow("EISDIR");
  rmdirSync(file);
  writeFileSync(file, "one");
  expect(text()).toBe("one");
});

test("in the source it runs the program's file", () => {
  const folder = tempFolder();
  writeFileSync(path.join(folder, "program.ts"), 'console.log("runs" as string);');
  const text = programText(pathToFileURL(path.join(folder, "asks.ts")).href, "./program.ts", "./no.js")();
  const args = ["--input-type=module", "-e", text!];
  expect(execFileSync(process.execPath, args, { encoding: "utf8", timeout: 20_000 })).toBe("runs\n");
});
