import { parseForeignJson } from "../core/foreign.ts";
import type { BigIntStats } from "node:fs";
import { open, stat } from "node:fs/promises";
import { formatDuration } from "../core/duration.ts";
import type { StandardSchema } from "../core/standard-schema.ts";
import { describeIssues } from "../core/issues.ts";
import { ContentScan } from "./content-scan.ts";
import { EvidenceFound, type EvidenceCheck } from "../core/evidence.ts";

const LARGEST_JSON = 64 * 1024 * 1024;

export interface Wanted {
  readonly minBytes: number;
  readonly schema: StandardSchema | undefined;
  readonly since: Date | undefined;
  readonly signal: AbortSignal;
}

/**
 * @param label what the file is called in a message
 */
export async function lookAtFile(absolute: string, label: string, wanted: Wanted): Promise<EvidenceCheck> {
  const { minBytes, since, schema } = wanted;
  let stats: BigIntStats;
  try {
    stats = await stat(absolute, { bigint: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return { missing: `${label} is not there` };
    throw error;
  }
  if (!stats.isFile()) return { missing: `${label} is not a regular file` };
  if (stats.size < minBytes)
    return { missing: `${label} has ${stats.size} bytes, fewer than minBytes (${minBytes})` };
  const ageMs = since === undefined ? 0 : msBefore(stats.mtimeNs, since);
  if (ageMs > 0)
    return { missing: `${label} was last written ${formatDuration(ageMs)} before the attempt began` };
  const scan = await readWhole(absolute, wanted);
  if (scan.blank) return { missing: `${label} has ${scan.bytes} bytes and nothing visible in them` };
  const problem = schema === undefined ? undefined : await misfit(scan, schema);
  if (problem !== undefined) return { missing: `${label} ${problem}` };
  const modifiedAt = new Date(Number(stats.mtimeMs)).toISOString();
  return new EvidenceFound({
    kind: "file",
    path: absolute,
    bytes: scan.bytes,
    sha256: scan.sha256(),
    modifiedAt,
  });
}

async function readWhole(absolute: string, { schema, signal }: Wanted): Promise<ContentScan> {
  const scan = new ContentScan(schema === undefined ? 0 : LARGEST_JSON);
  const handle = await open(absolute);
  try {
    for await (const chunk of handle.createReadStream({ signal, autoClose: false }))
      scan.take(chunk as Buffer);
  } finally {
    await handle.close();
  }
  return scan;
}

async function misfit(scan: ContentScan, schema: StandardSchema): Promise<string | undefined> {
  const text = scan.text();
  if (text === undefined) return `has ${scan.bytes} bytes, too many to validate (${LARGEST_JSON})`;
  let value: unknown;
  try {
    value = parseForeignJson(text);
  } catch {
    // The parser's own message would quote the file.
    return `holds ${scan.bytes} bytes that are not JSON`;
  }
  const { issues } = await schema["~standard"].validate(value);
  return issues === undefined ? undefined : `does not fit its schema: ${describeIssues(issues, schema)}`;
}

/** How long before the instant the file was last written, for certain: 0 when its clock is too coarse to tell. */
function msBefore(mtimeNs: bigint, instant: Date): number {
  const ms = instant.getTime() - Number(mtimeNs / 1_000_000n);
  return ms > coarsenessMs(mtimeNs) ? ms : 0;
}

/**
 * How far a file's time may lie before the moment it was written. FAT keeps every second second, HFS+ and old ext whole ones; elsewhere
 * Linux takes the time of the last timer tick (`current_time()` in fs/inode.c), 10 ms at the slowest.
 */
function coarsenessMs(mtimeNs: bigint): number {
  if (mtimeNs % 2_000_000_000n === 0n) return 2000;
  if (mtimeNs % 1_000_000_000n === 0n) return 1000;
  return 20;
}
