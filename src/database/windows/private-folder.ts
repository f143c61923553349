import { otherReaders, privateRights } from "./rights.ts";
import { windowsSecurity } from "./security.ts";

/** On Windows, makes a folder that only this user, the system and the administrators can open. @returns whether it did */
export function makePrivateFolder(path: string): boolean {
  const security = windowsSecurity();
  const user = security?.userSid();
  return security !== undefined && user !== undefined && security.makeFolder(path, privateRights(user));
}

/** Who else can read what is in a folder or file of Windows; `undefined` when that cannot be known. */
export function otherReadersOf(path: string): readonly string[] | undefined {
  const security = windowsSecurity();
  const user = security?.userSid();
  const rights = security?.rightsOf(path);
  return user === undefined || rights === undefined ? undefined : otherReaders(rights, user);
}
