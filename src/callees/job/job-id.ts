import { createHash, randomBytes } from "node:crypto";

/** 128 bits of a SHA-256: enough that no two keys of one call get the same id. */
const HASH_DIGITS = 32;

/**
 * `{name}_{key hash}_a{attempt}`. Every host computes the same id for the same attempt, so it finds the job of a host that died.
 * Without a key the middle part is random.
 */
export function jobId(name: string, key: string | undefined, attempt: number): string {
  const which =
    key === undefined
      ? randomBytes(HASH_DIGITS / 2).toString("hex")
      : createHash("sha256").update(key).digest("hex").slice(0, HASH_DIGITS);
  return `${name}_${which}_a${attempt}`;
}
