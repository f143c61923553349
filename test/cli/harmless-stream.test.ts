import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HarmlessStream } from "../../src/cli/terminal/harmless-stream.ts";

function through(chunks: readonly (string | Uint8Array)[], colours = true): string {
  const stream = new HarmlessStream(colours);
  const shown = chunks.map((chunk) => stream.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk));
  return shown.join("") + stream.end();
}

const piece = fc.oneof(
  fc.string({ unit: "binary", maxLength: 6 }),
  fc.constantFrom(
    "\u001B",
    "\u001B[",
    "\u001B]",
    "31",
    ";",
    "m",
    "\u0007",
    "\u001B\\",
    "\n",
    "\r",
    "\u009B",
    "é",
    "🙂",
  ),
);
const output = fc.array(piece, { maxLength: 40 }).map((pieces) => Buffer.from(pieces.join("")));

describe("a child's stderr for a terminal", () => {
  test.each([
    ["text", ["plain\n"], "plain\n"],
    ["a line without an end", ["half"], "half\n"],
    ["a colour, which ends with its line", ["\u001B[1;31mred\nstill\n"], "\u001B[1;31mred\u001B[0m\nstill\n"],
    ["a colour that comes in two parts", ["\u001B[3", "1mred\n"], "\u001B[31mred\u001B[0m\n"],
    ["a colour that never comes whole", ["red\u001B[3"], "red\\x1b[3\n"],
    ["a title", ["\u001B]0;title\u0007text\n"], "text\n"],
    ["a title that comes in two parts", ["\u001B]0;ti", "tle\u001B", "\\text\n"], "text\n"],
    ["moves of the cursor", ["\u001B[2J\u001B[1;1H\u001B[?25l\u001Bctext\n"], "text\n"],
    ["a progress bar", ["10%\r20%\r\n"], "10%\r20%\r\n"],
    ["a bell, a backspace, eight-bit codes", ["\u0007\b\u009B31m\n"], "\\x07\\x08\\x9b31m\n"],
    ["a character in two parts", [Buffer.from([0xc3]), Buffer.from([0xa9, 10])], "é\n"],
    ["nothing", [], ""],
  ])("%s", (_, chunks, shown) => {
    expect(through(chunks)).toBe(shown);
  });

  test("without colours has no escape codes at all", () => {
    expect(through(["\u001B[31mred\u001B[0m\n"], false)).toBe("red\n");
  });

  test("an escape code that never ends does not keep the text back", () => {
    const stream = new HarmlessStream(true);
    stream.push(Buffer.from(`\u001B]0;`));
    expect(stream.push(Buffer.alloc(5000, "x"))).toContain("xxxx");
  });

  test("of any bytes holds no control character but line breaks, tabs and whole colours, and ends at a line's start", () => {
    fc.assert(
      fc.property(output, (bytes) => {
        // oxlint-disable-next-line no-control-regex
        const shown = through([bytes]).replaceAll(/\u001B\[[\d;:]*m/g, "");
        expect(shown.replaceAll(/[\n\r\t]/g, "")).not.toMatch(/\p{Cc}/u);
        // A colour without text leaves the cursor where it is.
        expect(shown === "" || shown.endsWith("\n")).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test("is the same in one chunk and in many", () => {
    fc.assert(
      fc.property(output, fc.integer({ min: 1, max: 5 }), (bytes, size) => {
        const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
          bytes.subarray(index * size, (index + 1) * size),
        );
        expect(through(chunks)).toBe(through([bytes]));
      }),
      { numRuns: 500 },
    );
  });
});
