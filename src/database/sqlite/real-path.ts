import { realpathSync } from "node:fs";

/**
 * The one name of an existing file or folder. The system's own function resolves more than links. It gives letters the case that
 * they have on the disk. On Windows it also resolves short names (`PROGRA~1`) and drives that stand for a folder or a network share.
 */
export function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return realpathSync(path); // Some drivers of Windows' RAM disks do not know it. Otherwise this throws the same.
  }
}
