import * as fc from "fast-check";
import { expect, test } from "vitest";
import { fencedBlocks } from "../../../src/callees/agent/fenced-blocks.ts";
import { cookiesIn } from "../../../src/core/cookie.ts";

test.each([
  ["no fence", "{}", []],
  ["one block", 'Here:\n```json\n{"a":1}\n```\nDone.', ['{"a":1}']],
  ["no language, and a CRLF at every line", "```\r\n{}\r\n```\r\n", ["{}\r"]],
  ["another language", "```ts\nlet a;\n", []],
  ["a block after one of another language", '```sh\nls\n```\n```json\n{"a":1}\n```', ['{"a":1}']],
  ["words between two blocks, the first of another language", "```ts\nx\n```\n1\n```\n2\n```", ["2"]],
  ["longer fences", "````json\n{}\n````\n", ["{}"]],
  ["a shorter fence inside of a block", "````\n```\n{}\n```\n````", ["```\n{}\n```"]],
  ["code in a line of its own", "```npm test```\n```\n{}\n```", ["{}"]],
  ["two blocks", "```\n1\n```\n```json\n2\n```", ["1", "2"]],
  ["an opening inside of a block", "```json\n```json\n{}\n```", ["```json\n{}"]],
  ["a block that never closes", "```json\n{}", []],
  ["a fence that is not at the beginning of its line", " ```\n{}\n ```", []],
])("the fenced blocks of a text with %s", (_, text, blocks) => {
  expect(fencedBlocks(text)).toEqual(blocks);
});

/** Twice the text may take about twice as long; a quadratic scan takes four times, and with 64 times the text 4,096 times. */
function slowdown(of: (size: number) => string, scan: (text: string) => unknown): number {
  const took = (size: number) => {
    const text = of(size);
    const times = Array.from({ length: 5 }, () => {
      const startedAt = performance.now();
      scan(text);
      return performance.now() - startedAt;
    });
    return Math.max(Math.min(...times), 0.05);
  };
  return took(64 * 4096) / took(4096);
}

test.each([
  ["fences that never close", (size: number) => "```json\n".repeat(size / 8), fencedBlocks],
  ["backticks", (size: number) => "`".repeat(size), fencedBlocks],
  ["fences followed by spaces", (size: number) => `\`\`\`${" ".repeat(size)}x`, fencedBlocks],
  ["a cookie that never ends", (size: number) => `HARDCALL_CALLS=${"a".repeat(size)}`, cookiesIn],
])("64 times as many %s take nowhere near 4,096 times as long", (_, of, scan) => {
  expect(slowdown(of, scan)).toBeLessThan(1000);
});

test("the cookies of an environment are those that are whole", () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[a-z0-9.-]{1,8}$/)),
      fc.stringMatching(/^[a-z]{0,5}$/),
      (cookies, rest) => {
        const value = `${cookies.map((cookie) => `${cookie};`).join("")}${rest}`;
        const environment = `A=1\0HARDCALL_CALLS=${value}\0B=2\0`;
        expect(cookiesIn(environment)).toEqual(cookies.map((cookie) => `${cookie};`));
      },
    ),
  );
});
