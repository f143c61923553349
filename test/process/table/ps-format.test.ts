import { readFileSync } from "node:fs";
import path from "node:path";
import { array, assert, constantFrom, oneof, property, string } from "fast-check";
import { describe, expect, test } from "vitest";
import { cookiesIn } from "../../../src/core/cookie.ts";
import { BUSYBOX, FREEBSD, MACOS, PROCPS } from "../../../src/process/table/ps-commands.ts";
import { environmentOf, parsePs } from "../../../src/process/table/ps-format.ts";
import { ROOT } from "../../helpers/files.ts";

const COOKIE = "0b5e1f0e-7c1d-4c52-9d8e-1f2a3b4c5d6e/1;";
const STARTED = Date.UTC(2026, 10, 22, 5, 47, 26) / 1000;
const printed = (file: string) => readFileSync(path.join(ROOT, "test/fixtures/ps", `${file}.txt`), "latin1");

/** The pids whose environment has the cookie. */
function withCookie(name: string, commands: typeof PROCPS): number[] {
  const all = parsePs(printed(`${name}-all`), commands).rows;
  const alone = parsePs(printed(`${name}-command-lines`), commands).rows;
  return [...alone].flatMap(([pid, { text }]) => {
    const environment = environmentOf(all.get(pid)!.text, text, commands.environment);
    return cookiesIn(environment).includes(COOKIE) ? [pid] : [];
  });
}

describe("procps", () => {
  const { rows, doubtful } = parsePs(printed("procps-all"), PROCPS);

  test("has pid, parent, group, state and start", () => {
    expect(rows.get(12)?.stat).toEqual({
      pid: 12,
      parent: 2,
      group: 12,
      state: "S",
      dead: false,
      isThread: false,
      startTime: STARTED,
    });
    expect(rows.size).toBe(14);
    expect(doubtful).toEqual([]);
  });

  test("a zombie is dead, and one of several threads is not", () => {
    expect(rows.get(13)?.stat.dead).toBe(true);
    const line = printed("procps-all")
      .split("\n")
      .find((text) => text.includes("defunct"))!;
    expect(parsePs(line.replace(" Z ", " Zl"), PROCPS).rows.get(13)?.stat.dead).toBe(false);
  });

  test("the environment is told from an argument that names the cookie", () => {
    expect(withCookie("procps", PROCPS)).toEqual([2, 11, 12]);
  });
});

describe("macOS, in the format of its man page", () => {
  const { rows } = parsePs(printed("macos-all"), MACOS);

  test("has pid, parent, group, state and start", () => {
    expect(rows.size).toBe(11);
    expect(rows.get(408)?.stat).toMatchObject({ parent: 1, group: 408, state: "S", startTime: STARTED });
    expect(rows.get(409)?.stat).toMatchObject({ dead: true });
  });

  test("the environment is told from an argument that names the cookie", () => {
    expect(withCookie("macos", MACOS)).toEqual([403, 404]);
  });
});

test("FreeBSD prints the environment before the arguments", () => {
  expect(parsePs(printed("freebsd-all"), FREEBSD).rows.get(409)?.stat).toMatchObject({ dead: true });
  expect(withCookie("freebsd", FREEBSD)).toEqual([402, 403, 404]);
});

test("busybox has groups and parents, and neither start times nor command lines", () => {
  const { rows } = parsePs(printed("busybox-all"), BUSYBOX);
  expect(rows.size).toBe(14);
  expect(rows.get(12)).toMatchObject({ stat: { parent: 2, group: 12, state: "S", startTime: 0 } });
  expect(rows.get(13)?.stat.dead).toBe(true);
});

describe("a command line with a line break, from a ps that prints it as it is", () => {
  const line = (pid: number, text: string) => `${pid} 1 ${pid} S Sun Nov 22 05:47:26 2026 ${text}\n`;

  test("is no line of another process that is there", () => {
    const output = line(7, `sh x\n${line(8, `sleep HARDCALL_CALLS=${COOKIE}`)}`) + line(8, "innocent");
    const { rows, doubtful } = parsePs(output, PROCPS);
    expect([...rows.keys()]).toEqual([7]);
    expect(doubtful).toEqual([8]);
  });

  test("is left out where it has another form", () => {
    const output = line(7, "sh -c\n\n  echo 12 13\n 1 2 3 S\nSun Nov 22 05:47:26 2026") + line(8, "b");
    expect([...parsePs(output, PROCPS).rows.keys()]).toEqual([7, 8]);
  });
});

test.each([
  ["a header", "  PID  PPID  PGID STAT STARTED COMMAND"],
  ["a line that was cut off", "  12     1    12 S    Sun Nov 22 05:4"],
  ["a start in another language", "  12     1    12 S    So Nov 22 05:47:26 2026 a"],
  ["a month of no calendar", "  12     1    12 S    Sun Now 22 05:47:26 2026 a"],
  ["nothing", ""],
])("%s is no process", (_, line) => {
  expect(parsePs(line, PROCPS)).toEqual({ rows: new Map(), doubtful: [] });
});

describe("the environment", () => {
  const own = `HARDCALL_CALLS=${COOKIE}`;
  const { environment } = PROCPS;

  test("has the cookies of outer calls too", () => {
    const text = environmentOf(`a b X=1 HARDCALL_CALLS=outer/2;${COOKIE} Y=2;`, "a b", environment);
    expect(cookiesIn(text)).toEqual(["outer/2;", COOKIE]);
  });

  test("is not known when the arguments have changed meanwhile", () => {
    expect(environmentOf(`title ${own}`, "another title", environment)).toBe("");
    expect(environmentOf(`${own} title`, "another title", FREEBSD.environment)).toBe("");
  });

  test("is empty where none was printed", () => {
    expect(environmentOf("a b", "a b", environment)).toBe("");
    expect(environmentOf("a b", "a b", FREEBSD.environment)).toBe("");
  });

  test("has no variable whose name only ends like ours", () => {
    expect(environmentOf(`a MY_${own}`, "a", environment)).toBe("");
  });

  test("never takes an argument for it", () => {
    const argument = oneof(string(), constantFrom(own, ` ${own} `, COOKIE));
    assert(
      property(array(argument), (words) => {
        const args = words.join(" ");
        expect(environmentOf(`${args} PATH=/bin`, args, MACOS.environment)).toBe("");
        expect(environmentOf(`PATH=/bin ${args}`, args, FREEBSD.environment)).toBe("");
        expect(environmentOf(`${args} ${own} A=b`, args, MACOS.environment)).toBe(`${own}\0`);
        expect(environmentOf(`A=b ${own} ${args}`, args, FREEBSD.environment)).toBe(`${own}\0`);
      }),
    );
  });
});
