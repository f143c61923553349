import { describe, expect, test } from "vitest";
import { memoryCgroup } from "../helpers/memory-cgroup.ts";
import { canMakeImages, HARDCALL, smallImage } from "../helpers/small-image.ts";

const RUN = `${HARDCALL} run --timeout 20s`;

describe.skipIf(!canMakeImages)("an image of busybox and Node that has little", () => {
  const image = smallImage();

  test("of descriptors: each call works or says so, and none takes the want for a fault of its command", async (context) => {
    // Below 23 Node cannot load a program, and below 22 it cannot start.
    const script = `for limit in 23 24 25 26 27 28 29 30 31 32 33 40; do
      (ulimit -n $limit; ${RUN} --key $limit -- echo done; echo "exit $?"); done 2>&1`;
    const { stdout } = await image(context).run(script);
    const ends = stdout.split(/^exit /m);
    for (const said of ends.slice(0, -1)) {
      expect(said.replace(/^\d+\n/, "")).toMatch(
        /^done\n$|the system has no process, memory or descriptor left|could not load its own code|could not be recorded|fault in the ledger \(Error \(EMFILE\)\)/,
      );
    }
    expect(stdout).not.toMatch(/TypeError|in doubt|may have taken effect/);
    const codes = stdout.match(/(?<=^exit )\d+/gm) ?? [];
    expect(codes).toHaveLength(12);
    expect(codes.filter((code) => !["0", "74", "126"].includes(code))).toEqual([]);
    expect(codes.at(-1)).toBe("0");
  });

  test("of bytes in a file: a call works, and one with a key says that it cannot be recorded", async (context) => {
    const calls = `${RUN} -- echo done; ${RUN} --key a -- echo done`;
    const { stdout, stderr, exitCode } = await image(context).run(`ulimit -f 8; ${calls}; exit $?`);
    expect({ stdout, exitCode }).toEqual({ stdout: "done\n", exitCode: 74 });
    expect(stderr).toContain(
      "could not be recorded: the disk of the ledger /tmp/.local/state/hardcall/ledger.db",
    );
  });

  test("of disk: a call works, and one with a key says that it is full", async (context) => {
    const calls = `${RUN} -- echo done; ${RUN} --key a -- echo done`;
    const fill = "head -c 60k /dev/zero >/tmp/full";
    const { stdout, stderr, exitCode } = await image(context).run(`${fill}; ${calls}; exit $?`, {
      tmp: "mode=1777,size=64k",
    });
    expect({ stdout, exitCode }).toEqual({ stdout: "done\n", exitCode: 74 });
    expect(stderr).toContain("the disk of the ledger /tmp/.local/state/hardcall/ledger.db is full");
  });

  test("of memory, 128 MB: calls work, and one that takes more is killed, with a word about memory", async (context) => {
    const made = memoryCgroup(128 * 1024 * 1024);
    const cgroup = "reason" in made ? context.skip(made.reason) : made.folder;
    const grows = "node -e 'for (const all = []; ; ) all.push(Buffer.alloc(1e6, 1))'";
    const script = `${RUN} --key a -- echo done; FAKE_CLAUDE_MODE=ok PATH=/app/fake-bin:$PATH ${HARDCALL} claude --timeout 20s Hello;
      ${RUN} -- ${grows}; echo "exit $?"; ${RUN} -- echo done`;
    const { stdout, stderr } = await image(context).run(script, { cgroup });
    expect(stdout).toMatch(/^done\nThe morning light .*\nexit 69\ndone\n$/);
    expect(stderr).toBe(
      'hardcall: The call "node" was ended by SIGKILL, which hardcall did not send. ' +
        "Check the system's log for an out-of-memory kill, or find out what sent the signal.\n",
    );
  });

  /** The host is process 1, as in a container that was started without an init. */
  test("as process 1: orphans that were ended stay as zombies, and do not count as survivors", async (context) => {
    const program = `import { command, defineCall } from "/app/dist/index.js";
      import { readdirSync, readFileSync } from "node:fs";
      const stat = (pid) => { try { return readFileSync("/proc/" + pid + "/stat", "utf8"); } catch { return ""; } };
      const zombies = () => readdirSync("/proc").filter((name) => /^[0-9]+$/.test(name) && /[)] Z /.test(stat(name))).length;
      const call = (script) => defineCall({ name: "orphans", callee: command("sh", ["-c", script], { killGrace: 300 }), timeout: "2s", effects: "none" });
      for (const script of ["(sleep 60 &); sleep 60", "(sleep 60 &); echo done"]) {
        const { outcome, code, attempts: [{ survivors }] } = await call(script).settle();
        console.log(process.pid, code ?? outcome, survivors ?? 0, zombies());
      }`;
    const script = `cat >/tmp/program.mjs <<'END'\n${program}\nEND\nexec node /tmp/program.mjs`;
    const { stdout, stderr } = await image(context).run(script);
    expect({ stdout, stderr }).toEqual({ stdout: "1 timeout 0 1\n1 executed 0 2\n", stderr: "" });
  });
});
