import { expect, test } from "vitest";
import { browserOpener } from "../../src/cli/open-browser.ts";

// A browser is opened only by a person: what is shown here is the program that would do it.
test.each<[NodeJS.Platform, string[]]>([
  ["linux", ["xdg-open"]],
  ["freebsd", ["xdg-open"]],
  ["darwin", ["open"]],
  // Not cmd.exe, for which a & in the URL begins another command.
  ["win32", ["D:\\Windows\\System32\\rundll32.exe", "url.dll,FileProtocolHandler"]],
])("on %s a page is opened by %j", (platform, opener) => {
  expect(browserOpener(platform, { SystemRoot: "D:\\Windows" })).toEqual(opener);
});
