/** The type of the program header that names the loader (elf(5)). */
const PT_INTERP = 3;
const MAGIC = 0x464c457f;

/**
 * The loader that a program of Linux asks for, such as `/lib/ld-musl-x86_64.so.1`. Where it is missing, as for a program of glibc on Alpine,
 * the system answers as if the program were missing (execve(2)).
 *
 * @returns `undefined` for a script, for a program that needs none, and for what cannot be read
 */
export function elfLoader(file: string): string | undefined {
  const { closeSync, openSync, readSync } = process.getBuiltinModule("node:fs");
  try {
    const fd = openSync(file, "r");
    try {
      return loaderIn((offset, size) => {
        const bytes = Buffer.alloc(size);
        return bytes.subarray(0, readSync(fd, bytes, 0, size, offset));
      });
    } finally {
      closeSync(fd);
    }
  } catch {
    // Not readable for us, or not a program at all: then nothing more can be said of it.
    return undefined;
  }
}

/** Only the format of today's processors is read: little-endian, of 64 bits. */
function loaderIn(read: (offset: number, size: number) => Buffer): string | undefined {
  const head = read(0, 64);
  if (head.readUInt32LE(0) !== MAGIC || head[4] !== 2 || head[5] !== 1) return undefined;
  const [table, size, count] = [
    Number(head.readBigUInt64LE(32)),
    head.readUInt16LE(54),
    head.readUInt16LE(56),
  ];
  for (let index = 0; index < count; index++) {
    const entry = read(table + index * size, size);
    if (entry.readUInt32LE(0) !== PT_INTERP) continue;
    const name = read(Number(entry.readBigUInt64LE(8)), Math.min(Number(entry.readBigUInt64LE(32)), 4096));
    return name.toString("latin1").replace(/\0[^]*$/, "");
  }
  return undefined;
}
