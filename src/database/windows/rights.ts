/** The system and the administrators, who can take any right, and an owner, who is this user. */
const TRUSTED = ["SY", "BA", "OW", "CO", "S-1-5-18", "S-1-5-32-544", "S-1-3-4", "S-1-3-0"];

/** The names of groups that SDDL shortens ("SID Strings" in the Windows documentation). */
const GROUPS: Readonly<Record<string, string>> = {
  WD: "Everyone",
  AU: "Authenticated Users",
  BU: "Users",
  IU: "Interactive",
  AN: "Anonymous",
  BG: "Guests",
  DU: "Domain Users",
  AC: "All Application Packages",
};

/** What lets a user read the content of a file: all rights, generic ones, and FILE_READ_DATA in a number. */
const READS = /^(?:0x[0-9a-f]*[13579bdf]$|(?:[A-Z]{2})*?(?:FA|FR|GA|GR))/i;

/**
 * Who else can read what a folder or file holds, by the rights of its DACL in SDDL: names of groups, or security identifiers.
 *
 * @param userSid of the user of this process
 */
export function otherReaders(rights: string, userSid: string): readonly string[] {
  const readers = new Set<string>();
  for (const [, entry = ""] of rights.matchAll(/\(([^)]*)\)/g)) {
    const [kind, , access = "", , , sid = ""] = entry.split(";");
    if (kind !== "A" || !READS.test(access) || TRUSTED.includes(sid) || sid === userSid) continue;
    readers.add(GROUPS[sid] ?? sid);
  }
  return [...readers];
}

/** The rights of a folder for one user, the system and the administrators, handed on to all that is made in it, and nothing inherited. */
export const privateRights = (userSid: string): string =>
  `D:P${[userSid, "SY", "BA"].map((sid) => `(A;OICI;FA;;;${sid})`).join("")}`;
