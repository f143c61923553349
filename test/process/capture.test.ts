import { createHash } from "node:crypto";
import { PassThrough } from "node:stream";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Capture, type CaptureOptions } from "../../src/process/capture.ts";

async function captured(chunks: readonly Uint8Array[], options: Partial<CaptureOptions> = {}) {
  const stream = new PassThrough();
  const capture = new Capture(stream, { keepBytes: 1000, tailBytes: 100, ...options });
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  await capture.closed;
  return capture;
}

test("counts and hashes the whole, keeps all that fits and a tail in any case", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 12 }),
      fc.integer({ min: 0, max: 400 }),
      fc.integer({ min: 1, max: 100 }),
      async (chunks, keepBytes, tailBytes) => {
        const whole = Buffer.concat(chunks);
        const capture = await captured(chunks, { keepBytes, tailBytes });
        expect(capture.bytes).toBe(whole.length);
        expect(capture.sha256()).toBe(createHash("sha256").update(whole).digest("hex"));
        expect(capture.tooLarge).toBe(whole.length > keepBytes);
        expect(capture.kept().equals(whole.length > keepBytes ? Buffer.alloc(0) : whole)).toBe(true);
        // A character of which the beginning was dropped is left out, and nothing else.
        const tail = whole.subarray(-tailBytes);
        const cut = [0, 1, 2, 3].map((from) => tail.subarray(from).toString("utf8"));
        expect(cut).toContain(capture.tail());
      },
    ),
  );
});

test("a tail never begins in the middle of a character", async () => {
  const capture = await captured([Buffer.from("€".repeat(50))], { tailBytes: 10 });
  expect(capture.tail()).toBe("€€€");
});

test("a character that is split over chunks is whole in what is kept", async () => {
  const bytes = Buffer.from("naïve 🎉");
  const capture = await captured(Array.from(bytes, (byte) => Uint8Array.of(byte)));
  expect(capture.kept().toString()).toBe("naïve 🎉");
});

test("memory stays bounded by what is kept, for any output", async () => {
  const stream = new PassThrough();
  const capture = new Capture(stream, { keepBytes: 1024, tailBytes: 4096 });
  const chunk = Buffer.alloc(65_536, "x");
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < 3200; i++) {
    // Each chunk is memory of its own, as from a pipe.
    if (!stream.write(Buffer.from(chunk))) await new Promise((resolve) => stream.once("drain", resolve));
  }
  stream.end();
  await capture.closed;
  expect(capture.bytes).toBe(3200 * 65_536);
  expect(capture.tail()).toHaveLength(4096);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(60 * 1024 * 1024);
});
