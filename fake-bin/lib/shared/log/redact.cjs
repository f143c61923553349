// Keys and tokens must not reach a log or a recorded scenario. In doubt, too much is removed.
"use strict";
const SECRETS = [
  /\b[psr]k[-_][\w-]{8,}/g,
  /\b(?:gh[opsur]|github_pat|glpat|xox[a-z]|npm|pypi|hf)[_-][\w-]{10,}/g,
  /\bA(?:KIA|SIA)[A-Z0-9]{12,}/g,
  /\bAIza[\w-]{20,}/g,
  /\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]+)?/g,
  /-----BEGIN [A-Z ]+-----[\s\S]*?(?:-----END [A-Z ]+-----|$)/g,
];
const NAMED_SECRET =
  /\b((?:x-)?(?:api[-_]?key|auth[-_]?token|access[-_]?token|token|secret|password|passwd|authorization))(["']?\s*[:=]\s*["']?)(?!\[redacted\])[^\s"',;}]{4,}/gi;
const BEARER = /\b(Bearer|Basic)\s+[\w.~+/=-]{4,}/gi;
const URL_PASSWORD = /(\/\/[^\s/:@]+):[^\s/@]+@/g;
const LONG_WORD = /[A-Za-z0-9+/_=-]{24,}/g;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A word of 24 or more letters and digits is a key unless it is a uuid or reads like a path or an identifier. */
function looksRandom(word) {
  if (UUID.test(word)) return false;
  const longest = word.split(/[/_=-]/).reduce((length, part) => Math.max(length, part.length), 0);
  return longest >= 16 && /\d/.test(word) && /[A-Za-z]/.test(word);
}

/** The text without anything that looks like a key or a token. */
function redact(text) {
  let clean = text.replace(BEARER, "$1 [redacted]");
  for (const secret of SECRETS) clean = clean.replace(secret, "[redacted]");
  return clean
    .replace(NAMED_SECRET, "$1$2[redacted]")
    .replace(URL_PASSWORD, "$1:[redacted]@")
    .replace(LONG_WORD, (word) => (looksRandom(word) ? "[redacted]" : word));
}

module.exports = { redact };
