import { readFileSync, statfsSync, statSync } from "node:fs";
import { isShare } from "../windows/path.ts";

/**
 * File systems other machines can write to, by the magic number of statfs(2). SQLite's WAL needs memory shared by
 * all its users, which no network gives, and locks there are often promises only.
 */
const NETWORK_TYPES: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xfe534d42, "SMB2"],
  [0xff534d42, "CIFS"],
  [0x5346414f, "AFS"],
  [0x73757245, "Coda"],
  [0x00c36400, "Ceph"],
  [0x0bd00bd0, "Lustre"],
  [0x01161970, "GFS2"],
  [0x7461636f, "OCFS2"],
  [0x01021997, "9p"],
]);

const FUSE = 0x65735546;

/** FUSE says nothing about what is behind it; the mount's own type does. */
const NETWORK_FUSE =
  /^fuse\.(sshfs|s3fs|s3ql|gcsfuse|rclone|goofys|mount-s3|glusterfs|ceph|ceph-fuse|davfs2?|blobfuse2?|juicefs|curlftpfs|smbnetfs|moosefs|mfs|lizardfs)/;

/** The name of the network file system, if it is one. `mountType` is asked only for FUSE. */
export function networkFileSystem(magic: number, mountType: () => string | undefined): string | undefined {
  // Node hands the number over signed on some platforms.
  const type = magic >>> 0;
  if (type !== FUSE) return NETWORK_TYPES.get(type);
  const mounted = mountType();
  return mounted !== undefined && NETWORK_FUSE.test(mounted) ? mounted : undefined;
}

/** @param folder by its real path: on Windows that of a mapped drive is the share behind it */
export function networkFileSystemOf(folder: string): string | undefined {
  if (isShare(folder)) return "a network share";
  // Elsewhere the numbers mean other file systems, or nothing.
  if (process.platform !== "linux") return undefined;
  return networkFileSystem(statfsSync(folder).type, () =>
    mountTypeOf(statSync(folder).dev, readFileSync("/proc/self/mountinfo", "utf8")),
  );
}

/** The file system type of a device in /proc/self/mountinfo (proc_pid_mountinfo(5)). */
export function mountTypeOf(device: number, mountinfo: string): string | undefined {
  const id = `${major(device)}:${minor(device)}`;
  const line = mountinfo.split("\n").find((entry) => entry.split(" ")[2] === id);
  return line?.split(" - ")[1]?.split(" ")[0];
}

// The layout of dev_t in glibc's <sys/sysmacros.h>, for the 32 bits that file systems use.
function major(device: number): number {
  return (device >>> 8) & 0xfff;
}

function minor(device: number): number {
  return (device & 0xff) | ((device >>> 12) & 0xfff00);
}

/** What SQLite takes at once for the index of its log. */
const LEAST_ROOM = 32_768;

export function hasNoRoom(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize < LEAST_ROOM;
  } catch {
    return false; // The folder has gone, which the error itself tells better.
  }
}
