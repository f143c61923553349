import { win32 } from "node:path";

/** Names that Windows takes for devices, with any extension ("Naming Files, Paths, and Namespaces" in its documentation). */
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])\s*(?:\.|$)/i;
/** Characters that no name may have, and the colon of an alternate data stream. */
// oxlint-disable-next-line no-control-regex
const NO_NAME = /[\u0000-\u001f<>:"|?*]/;
/** `\\?\C:\…`, the drive's path without its longest length and without what Windows corrects in a path. */
const EXTENDED = /^\\\\\?\\(?!UNC\\)/i;

/** Whether a path names one place from every folder and drive. `isAbsolute` of Node is also true of `\jobs`, a folder of the current drive. */
export const namesDrive = (path: string): boolean => /^(?:[a-z]:[\\/]|[\\/]{2})/i.test(path);

/** Whether a path names a share of another machine, or of this one by its name in the network: `\\server\share`. */
export const isShare = (path: string): boolean => /^[\\/]{2}(?:\?[\\/]UNC[\\/]|(?![?.][\\/]))/i.test(path);

/**
 * Why a resolved path cannot name a ledger on Windows: the rest of a sentence about the path. Node passes such names on as they are, while SQLite
 * lets Windows correct them: the two would open different files.
 */
export function windowsPathProblem(path: string): string | undefined {
  if (path.startsWith("\\\\.\\")) return "names a device. Name a file on a local disk";
  const plain = path.replace(EXTENDED, "");
  const { root } = win32.parse(plain);
  for (const name of plain.slice(root.length).split("\\")) {
    if (name === "") continue;
    const quoted = JSON.stringify(name);
    if (DEVICE.test(name))
      return `contains the name ${quoted}, which is a device on Windows. Use another name`;
    if (NO_NAME.test(name))
      return `contains the name ${quoted}, with a character that no file name may have on Windows (< > : " | ? *). Use another name`;
    if (/[. ]$/.test(name))
      return `contains the name ${quoted}, whose last character Windows drops. Write it without the dot or blank`;
  }
  return undefined;
}
