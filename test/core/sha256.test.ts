import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Sha256, sha256 } from "../../src/core/sha256.ts";

const ofNode = (data: string | Uint8Array) => createHash("sha256").update(data).digest("hex");

test("is that of node:crypto for every length around its blocks and around what it calls short", () => {
  for (let length = 0; length < 1100; length++) {
    const bytes = Buffer.alloc(length, `${length} of them`);
    expect(sha256(bytes)).toBe(ofNode(bytes));
  }
});

test("is that of node:crypto for texts and chunks of any kind", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 400 }), (text) => {
      expect(sha256(text)).toBe(ofNode(text));
    }),
  );
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 700 }), { maxLength: 6 }), (chunks) => {
      const hash = new Sha256();
      for (const chunk of chunks) {
        const own = Uint8Array.from(chunk);
        hash.update(own);
        // The owner of the bytes may use their place for others.
        own.fill(0);
      }
      expect(hash.digest()).toBe(ofNode(Buffer.concat(chunks)));
    }),
  );
});
