import type { Hash } from "node:crypto";
import { SHA256_OF_NOTHING } from "./hash-of-nothing.ts";

/** For less, the time that it takes to load `node:crypto` (3 ms) is longer than the hash takes here. */
const SHORT_BYTES = 1024;

/** SHA-256 in hexadecimal digits, of a text in UTF-8 or of bytes. */
export const sha256 = (data: string | Uint8Array): string => {
  const hash = new Sha256();
  hash.update(typeof data === "string" ? Buffer.from(data) : data);
  return hash.digest();
};

/** SHA-256 of what comes in chunks. Loads `node:crypto` only if it becomes long. */
export class Sha256 {
  /** All bytes, as long as they are few. */
  #short = Buffer.alloc(0);
  #long: Hash | undefined;

  update(chunk: Uint8Array): void {
    if (this.#long === undefined) {
      if (this.#short.length + chunk.length <= SHORT_BYTES) {
        this.#short = Buffer.concat([this.#short, chunk]);
        return;
      }
      this.#long = process.getBuiltinModule("node:crypto").createHash("sha256").update(this.#short);
    }
    this.#long.update(chunk);
  }

  /** In hexadecimal digits. Nothing may come after it. */
  digest(): string {
    return (
      this.#long?.digest("hex") ?? (this.#short.length > 0 ? hashOfShort(this.#short) : SHA256_OF_NOTHING)
    );
  }
}

/** FIPS 180-4, section 4.2.2: of the cube roots of the first primes. */
const ROUNDS = [
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
  0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
  0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
  0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
  0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
  0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
  0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
  0xc67178f2,
];
/** Section 5.3.3. */
const START = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
];

/**
 * Section 6.2.2, with the names that it has. No call and no list is made in its loops: the first run of a process is interpreted, and
 * would take four times as long.
 */
function hashOfShort(message: Buffer): string {
  const blocks = padded(message);
  const hash = Int32Array.from(START);
  const words = new Int32Array(64);
  for (let block = 0; block < blocks.length; block += 64) {
    for (let t = 0; t < 16; t++) words[t] = blocks.readInt32BE(block + 4 * t);
    for (let t = 16; t < 64; t++) {
      const x = words[t - 15] as number;
      const y = words[t - 2] as number;
      words[t] =
        (words[t - 16] as number) +
        (words[t - 7] as number) +
        (((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3)) +
        (((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10));
    }
    let [a, b, c, d, e, f, g, h] = hash as unknown as Eight;
    for (let t = 0; t < 64; t++) {
      const t1 =
        h +
        (((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))) +
        ((e & f) ^ (~e & g)) +
        (ROUNDS[t] as number) +
        (words[t] as number);
      const t2 =
        (((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))) +
        ((a & b) ^ (a & c) ^ (b & c));
      h = g;
      g = f;
      f = e;
      e = (d + t1) | 0;
      d = c;
      c = b;
      b = a;
      a = (t1 + t2) | 0;
    }
    [a, b, c, d, e, f, g, h].forEach((word, index) => {
      hash[index] = (hash[index] as number) + word;
    });
  }
  return [...hash].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

type Eight = readonly [number, number, number, number, number, number, number, number];

/** Section 5.1.1: a one, zeros, and the length in bits. */
function padded(message: Buffer): Buffer {
  const blocks = Buffer.alloc(Math.ceil((message.length + 9) / 64) * 64);
  blocks.set(message);
  blocks[message.length] = 0x80;
  blocks.writeUInt32BE(message.length * 8, blocks.length - 4);
  return blocks;
}
