/** SHA-256 of zero bytes: the hash of every blank output. */
export const SHA256_OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** md5, sha1, sha256, sha384 and sha512 of no bytes at all, then of one line feed (`echo | sha256sum`). */
const HASHES_OF_NOTHING = [
  "d41d8cd98f00b204e9800998ecf8427e",
  "da39a3ee5e6b4b0d3255bfef95601890afd80709",
  SHA256_OF_NOTHING,
  "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b",
  "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
  "68b329da9893e34099c7d8ad5cb9c940",
  "adc83b19e793491b1c6ea0fd8b46cd9f32e592fc",
  "01ba4719c80b6fe911b091a7c05124b64eeece964e09c058ef8f9805daca546b",
  "ec664e889ed6c1b2763cacf7899d95b7f347373eb982e523419feea3aa362d891b3bf025f292267a5854049091789c3e",
  "be688838ca8686e5c90689bf2ab585cef1137c999b48c70b92f67a5c34dc15697b5d11c982ed6d71be1e1e7f7b4e0733884aa97c3f7a339a8ed03577cf74be09",
] as const;

/** Keys often hold a shortened hash. Eight digits match by chance once in four hundred million. */
const SHORTEST_PREFIX = 8;

/**
 * Whether a text is, or contains, the hash of empty content: in hex of any case, whole or as its first eight or
 * more digits, or in base64. Two failed runs that both hashed nothing would share such a key, and the second
 * would pass for a duplicate of the first.
 */
export function isHashOfNothing(text: string): boolean {
  const words = text.toLowerCase().split(/[^0-9a-z]+/);
  const hex = words.some(
    (word) => word.length >= SHORTEST_PREFIX && HASHES_OF_NOTHING.some((hash) => hash.startsWith(word)),
  );
  return hex || base64Forms().some((form) => text.includes(form));
}

let forms: readonly string[] | undefined;

function base64Forms(): readonly string[] {
  forms ??= HASHES_OF_NOTHING.map((hash) => Buffer.from(hash, "hex")).flatMap((hash) => [
    hash.toString("base64").replace(/=+$/, ""),
    hash.toString("base64url"),
  ]);
  return forms;
}
