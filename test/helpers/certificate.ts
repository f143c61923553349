import { spawnSync } from "node:child_process";
import { chownSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const NOBODY = 65_534;

export interface Certificate {
  readonly certificate: string;
  readonly key: string;
  remove(): void;
}

/** A self-signed certificate for a host, in files that a server of a test's own Postgres can read. */
export function makeCertificate(host: string): Certificate {
  const folder = mkdtempSync(join(tmpdir(), "hardcall-certificate-"));
  const [certificate, key] = [join(folder, "server.crt"), join(folder, "server.key")];
  const args = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", `/CN=${host}`];
  const made = spawnSync(
    "openssl",
    [...args, "-addext", `subjectAltName=DNS:${host}`, "-keyout", key, "-out", certificate],
    { encoding: "utf8", timeout: 60_000 },
  );
  if (made.status !== 0) throw new Error(`openssl failed: ${made.error?.message ?? made.stderr}`);
  if (process.getuid?.() === 0)
    for (const path of [folder, certificate, key]) chownSync(path, NOBODY, NOBODY);
  return { certificate, key, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
