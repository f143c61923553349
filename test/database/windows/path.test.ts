import { describe, expect, it } from "vitest";
import { isShare, namesDrive, windowsPathProblem } from "../../../src/database/windows/path.ts";

describe("a path that names one place from every folder and drive", () => {
  it.each([
    ["C:\\jobs\\ledger.db", true],
    ["c:/jobs/ledger.db", true],
    ["\\\\server\\share\\ledger.db", true],
    ["\\\\?\\C:\\jobs\\ledger.db", true],
    ["\\jobs\\ledger.db", false],
    ["/var/lib/jobs/ledger.db", false],
    ["C:ledger.db", false],
    ["jobs\\ledger.db", false],
  ])("%s: %s", (path, expected) => {
    expect(namesDrive(path)).toBe(expected);
  });
});

describe("a path of another machine", () => {
  it.each([
    ["\\\\server\\share\\ledger.db", true],
    ["//server/share/ledger.db", true],
    ["\\\\?\\UNC\\server\\share\\ledger.db", true],
    ["\\\\wsl.localhost\\Debian\\home\\ann\\ledger.db", true],
    ["\\\\?\\C:\\jobs\\ledger.db", false],
    ["\\\\.\\pipe\\ledger", false],
    ["C:\\jobs\\ledger.db", false],
    ["/var/lib/jobs/ledger.db", false],
  ])("%s: %s", (path, expected) => {
    expect(isShare(path)).toBe(expected);
  });
});

describe("a name that Windows would not keep", () => {
  it.each([
    ["C:\\jobs\\ledger.db"],
    ["C:\\Program Files\\jobs v1.2\\ledger"],
    ["\\\\?\\C:\\jobs\\ledger.db"],
    ["\\\\server\\share\\ledger.db"],
    ["C:\\console\\nullable.db"],
    ["C:\\com10\\comma.db"],
    ["C:\\.state\\ledger.db"],
    ["C:\\größe\\ledger.db"],
  ])("%s is no such name", (path) => {
    expect(windowsPathProblem(path)).toBeUndefined();
  });

  it.each([
    ["C:\\jobs\\NUL", 'contains the name "NUL", which is a device'],
    ["C:\\jobs\\nul.db", 'contains the name "nul.db", which is a device'],
    ["C:\\Con\\ledger.db", 'contains the name "Con", which is a device'],
    ["C:\\jobs\\lpt1 .db", "which is a device"],
    ["C:\\jobs\\COM¹", "which is a device"],
    ["\\\\.\\pipe\\ledger", "names a device"],
    ["C:\\jobs\\ledger.db.", "whose last character Windows drops"],
    ["C:\\jobs \\ledger.db", "whose last character Windows drops"],
    ["C:\\jobs\\ledger.db:stream", "no file name may have"],
    ["C:\\jobs\\what?.db", "no file name may have"],
    ["C:\\jobs\\a\nb.db", "no file name may have"],
  ])("%j %s", (path, expected) => {
    expect(windowsPathProblem(path)).toContain(expected);
  });
});
