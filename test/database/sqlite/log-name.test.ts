import { renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { LogName } from "../../../src/database/sqlite/log-name.ts";
import { tempFolder } from "../../helpers/files.ts";

/** The log of a folder, how often it was asked for, and a clock that the test sets. */
function scene() {
  const folder = tempFolder();
  const log = path.join(folder, "ledger.db-wal");
  writeFileSync(log, "");
  const changedAt = () => statSync(folder).ctimeMs;
  const at = { now: changedAt(), asked: 0 };
  const name = new LogName(
    log,
    () => {
      at.asked += 1;
      return String(statSync(log, { throwIfNoEntry: false })?.ino ?? "missing");
    },
    () => at.now,
  );
  const inode = () => String(statSync(log).ino);
  /** How often it is asked for when it is looked at three times. */
  const looks = () => {
    const before = at.asked;
    for (let look = 0; look < 3; look++) name.id();
    return at.asked - before;
  };
  return { folder, log, at, name, inode, looks, changedAt };
}

it.runIf(process.platform === "linux")("the log is asked for once while its folder stays as it is", () => {
  const { at, name, inode, looks, changedAt } = scene();
  at.now = changedAt() + 200;
  expect(looks()).toBe(1);
  expect(name.id()).toBe(inode());
});

it("a log that was removed, replaced or made anew shows at once, however long its folder was quiet", () => {
  const { folder, log, at, name, inode, changedAt } = scene();
  const quiet = () => {
    at.now = changedAt() + 200;
    expect(name.id()).toBe(inode());
    expect(name.id()).toBe(inode());
  };
  quiet();
  rmSync(log);
  expect(name.id()).toBe("missing");
  // The inode of the old file must not be given out again.
  writeFileSync(path.join(folder, "another"), "");
  writeFileSync(log, "");
  quiet();
  const was = inode();
  writeFileSync(path.join(folder, "new"), "");
  quiet();
  renameSync(path.join(folder, "new"), log);
  expect(inode()).not.toBe(was);
  expect(name.id()).toBe(inode());
});

it("right after a change of the folder it is asked for each time: a second change may have the same time", () => {
  const { at, looks, changedAt } = scene();
  at.now = changedAt() + 90;
  expect(looks()).toBe(3);
  at.now = changedAt() - 1000;
  expect(looks()).toBe(3);
});

it("it is asked for at least once a second, as a mount does not change the folder", () => {
  const { at, looks, changedAt } = scene();
  at.now = changedAt() + 200;
  looks();
  at.now += 1000;
  expect(looks()).toBeGreaterThanOrEqual(1);
  // The clock was set back.
  at.now -= 1000;
  expect(looks()).toBeGreaterThanOrEqual(1);
});
