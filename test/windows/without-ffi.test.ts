import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { startHost, toldBy } from "./lib/hosts.ts";
import { Witness } from "./lib/witness.ts";

/** What a process may take to be gone once hardcall has ended it. */
const SOON_MS = 2000;
const WITHOUT_KOFFI = path.resolve("../hardcall without koffi");
const THE_OLD_WAY = "hardcall ends the direct child only, and processes that it started may live on: ";
/** What the FFI's package may hold when it is broken. */
const PROGRAMS = {
  broken: 'module.exports = require("./koffi.node");',
  "throwing at load": 'throw new TypeError("It is of another version.");',
  "throwing when called":
    'module.exports = { load: () => ({ func: () => () => { throw new RangeError("It is of another version."); } }) };',
};

test("without the FFI, or with a broken one, hardcall ends the direct child and a note says so", async (t) => {
  const name = `@koromix/koffi-win32-${process.arch}`;
  const folder = path.join(WITHOUT_KOFFI, "node_modules", name);
  for (const [state, why] of [
    ["missing", "is not installed"],
    ["broken", "cannot be loaded (ERR_DLOPEN_FAILED)"],
    ["throwing at load", "cannot be loaded (TypeError)"],
    ["throwing when called", "does not work (RangeError)"],
  ] as const) {
    if (state !== "missing") {
      mkdirSync(folder, { recursive: true });
      t.after(() => rmSync(path.dirname(folder), { recursive: true, force: true }));
      writeFileSync(path.join(folder, "index.js"), PROGRAMS[state]);
      writeFileSync(path.join(folder, "koffi.node"), "of another architecture");
    }
    const witness = await Witness.open(t);
    const options = { timeout: "8s", killGrace: 1 } as const;
    const told = toldBy(startHost(t, { args: witness.member("child"), options }, WITHOUT_KOFFI));
    await witness.tell("child", { do: "start", name: "grandchild", detached: true });
    const { code, notes } = await told;
    await witness.gone("child", SOON_MS);
    await witness.lives("grandchild");
    assert.equal(code, "timeout");
    assert.deepEqual(notes, [`${THE_OLD_WAY}the package ${name} ${why}`]);
  }
});

test("doctor tells what holds the processes of a call", async () => {
  const doctor = async (folder: string) => {
    const file = path.join(folder, "node_modules/hardcall/dist/cli.js");
    const { stdout } = await promisify(execFile)(process.execPath, [file, "doctor"], {
      cwd: folder,
      timeout: 100_000,
    }).catch((error: unknown) => error as { readonly stdout: string });
    return stdout;
  };
  const complete = await doctor(process.cwd());
  assert.match(complete, /yes +process trees are ended +with one Job Object for each call/);
  assert.match(complete, /yes +escaped descendants are ended +tried: found in the Job Object, and ended/);
  assert.match(complete, /yes +children die with a killed host +by Windows/);
  const without = await doctor(WITHOUT_KOFFI);
  assert.match(without, /NO +process trees are ended +only the direct child: the package @koromix/);
  assert.match(
    without,
    /NO +escaped descendants are ended +tried: a process that the command had started lived on/,
  );
  assert.match(without, /NO +children die with a killed host/);
  assert.match(without, /NO +wrong clocks move no lease/);
});
