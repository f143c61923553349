import { createHash, randomBytes } from "node:crypto";

/** Enough of a SHA-256 that two keys of one call never meet. */
const HASH_DIGITS = 32;

/**
 * `{name}_{key hash}_a{attempt}`: the same for whoever asks, so that a job can be found by the next host. Without a key it is
 * random.
 */
export function jobId(name: string, key: string | undefined, attempt: number): string {
  const which =
    key === undefined
      ? randomBytes(HASH_DIGITS / 2).toString("hex")
      : createHash("sha256").update(key).digest("hex").slice(0, HASH_DIGITS);
  return `${name}_${which}_a${attempt}`;
}
