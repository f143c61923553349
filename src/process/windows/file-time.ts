/** 1970 as a FILETIME, which counts from 1601 in steps of 100 ns ("FILETIME structure" in the Windows documentation). */
const EPOCH = 116_444_736_000_000_000n;

/** A FILETIME in microseconds since 1970, which a number holds exactly; a FILETIME itself is too large for one. */
export const fromFileTime = (time: bigint): number => Number((time - EPOCH) / 10n);
