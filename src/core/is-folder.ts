/** Whether there is a folder of this name. */
export function isFolder(folder: string): boolean {
  // Loaded here and not above: node:fs is a quarter of what loading all of hardcall costs, and few commands name a folder.
  const { statSync } = process.getBuiltinModule("node:fs");
  try {
    return statSync(folder).isDirectory();
  } catch {
    // Missing, too long a name, or not ours to see.
    return false;
  }
}
