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
 * Checks one file, once.
 *
 * @param label the name of the file in messages
 */
export async function lookAtFile(absolute: string, label: string, wanted: Wanted): Promise<EvidenceCheck> {
  const { minBytes, since, schema } = wanted;
  let stats: BigIntStats;
  try {
    stats = await stat(absolute, { bigint: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return { missing: `${label} does not exist` };
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
  if (text === undefined) return `has ${scan.bytes} bytes; hardcall validates at most ${LARGEST_JSON}`;
  let value: unknown;
  try {
    value = parseForeignJson(text);
  } catch {
    // Without the parser's message, which quotes the file.
    return `holds ${scan.bytes} bytes that are not JSON`;
  }
  const { issues } = await schema["~standard"].validate(value);
  return issues === undefined ? undefined : `does not fit its schema: ${describeIssues(issues, schema)}`;
}

/** How many milliseconds before the instant the file was last written; 0 if its time is too coarse to be sure. */
function msBefore(mtimeNs: bigint, instant: Date): number {
  const ms = instant.getTime() - Number(mtimeNs / 1_000_000n);
  return ms > coarsenessMs(mtimeNs) ? ms : 0;
}

/**
 * How much earlier than the write a file's time may be. FAT stores steps of two seconds, HFS+ and old ext of one. On other file systems
 * Linux stores the time of the last timer tick (`current_time()` in fs/inode.c), at most 10 ms ago.
 */
function coarsenessMs(mtimeNs: bigint): number {
  if (mtimeNs % 2_000_000_000n === 0n) return 2000;
  if (mtimeNs % 1_000_000_000n === 0n) return 1000;
  return 20;
}
