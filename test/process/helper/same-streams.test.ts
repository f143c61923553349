import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { host } from "../../helpers/run.ts";
import { atOnce, inMode, inTurn, MODES, onCommandLine, sh } from "./calls.ts";

const MIB = 1024 * 1024;

/** The SHA-256 of so many bytes of a text that is repeated. */
function shaOf(bytes: number, text = "hardcall\n"): string {
  const hash = createHash("sha256");
  const block = Buffer.alloc(text.length * 65_536, text);
  for (let left = bytes; left > 0; left -= block.length)
    hash.update(block.subarray(0, Math.min(left, block.length)));
  return hash.digest("hex");
}

describe.each(MODES)("with the spawning helper %s", (mode) => {
  test("100 MB of stdin arrive byte for byte, then end of file", async () => {
    const [ended] = await inTurn(mode, [
      { file: "sh", args: ["-c", "sha256sum; cat | wc -c"], options: { stdinBytes: 100_000_000 } },
    ]);
    expect(ended?.value).toBe(`${shaOf(100_000_000)}  -\n0`);
  });

  test("100 MB of stdin to a process that reads none of it, or some of it, are no failure", async () => {
    const ends = await atOnce(mode, [
      { file: "true", options: { stdinBytes: 100_000_000 } },
      { file: "sh", args: ["-c", "sleep 0.5; echo done"], options: { stdinBytes: 100_000_000 } },
      { file: "head", args: ["-c", "8"], options: { stdinBytes: 100_000_000 } },
      { file: "sh", args: ["-c", "exec <&-; sleep 0.5; echo done"], options: { stdinBytes: 100_000_000 } },
    ]);
    expect(ends.map(({ value, code }) => code ?? value)).toEqual(["", "done", "hardcall", "done"]);
  });

  test("without stdin a process reads end of file, and an empty stdin is the same", async () => {
    const script = "cat; printf end";
    const ends = await inTurn(mode, [
      sh(script),
      sh(script, { stdin: "" }),
      sh(script, { stdin: "grüße\0" }),
    ]);
    expect(ends.map(({ value }) => value)).toEqual(["end", "end", "grüße\0end"]);
  });

  test("hardcall run --stdin hands its own stdin on", async () => {
    const stdin = Buffer.alloc(3_000_000, "hardcall\n");
    const { stdout, exitCode } = await onCommandLine(mode, ["sha256sum"], { flags: ["--stdin"], stdin });
    expect({ stdout: stdout.toString(), exitCode }).toEqual({
      stdout: `${shaOf(3_000_000)}  -\n`,
      exitCode: 0,
    });
  });

  test("both streams are told apart, with all bytes and in bounded memory", async () => {
    const script = "yes out | head -c 20000000 & yes err | head -c 20000000 >&2; wait";
    const [ended] = await inTurn(mode, [sh(script, { maxOutput: 20_000_000 })]);
    expect(ended).toMatchObject({ stdoutBytes: 20_000_000, stdoutSha256: shaOf(20_000_000, "out\n") });
    expect(ended?.stderrTail).toBe("err\n".repeat(65_536 / 4));
  });

  test("a byte of each value arrives as it is", async () => {
    const { stdout } = await onCommandLine(mode, ["cat"], {
      flags: ["--stdin"],
      stdin: Uint8Array.from({ length: 256 }, (_, byte) => byte),
    });
    expect([...stdout]).toEqual(Array.from({ length: 256 }, (_, byte) => byte));
  });

  test("1 GB arrives byte for byte, in bounded memory of host and helper", async () => {
    const told = await host<Told>("reads-a-lot.ts", ["1000000000"], { env: inMode(mode) });
    expect(told).toMatchObject({
      stdoutBytes: 1_000_000_000,
      stdoutSha256: shaOf(1_000_000_000, "hardcall\n"),
    });
    for (const kib of told.peaksKib) expect(kib).toBeLessThan((250 * MIB) / 1024);
  });

  test("a host that is blocked for 5 s while its child prints 100 MB loses nothing, and no memory grows", async () => {
    const told = await host<Told>("reads-a-lot.ts", ["100000000", "blocked"], { env: inMode(mode) });
    expect(told).toMatchObject({ stdoutBytes: 100_000_000, stdoutSha256: shaOf(100_000_000) });
    for (const kib of told.peaksKib) expect(kib).toBeLessThan((250 * MIB) / 1024);
  });
});

interface Told {
  readonly stdoutBytes: number;
  readonly stdoutSha256: string;
  /** Of the host, and of what started the process, if that was another one. */
  readonly peaksKib: readonly number[];
}
