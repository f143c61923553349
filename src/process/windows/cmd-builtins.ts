/** The commands that are part of cmd.exe ("Windows commands" in the Windows documentation): no file has their name. */
const BUILT_IN: ReadonlySet<string> = new Set(
  (
    "assoc break call cd chdir cls color copy date del dir echo endlocal erase exit for ftype goto if md mkdir " +
    "mklink move path pause popd prompt pushd rd rem ren rename rmdir set setlocal shift start time title type ver " +
    "verify vol"
  ).split(" "),
);

export const isBuiltIntoCmd = (name: string): boolean => BUILT_IN.has(name.toLowerCase());
