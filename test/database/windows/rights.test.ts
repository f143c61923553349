import { expect, it } from "vitest";
import { otherReaders, privateRights } from "../../../src/database/windows/rights.ts";

const ANN = "S-1-5-21-1-2-3-1001";

it.each([
  ["a folder that hardcall made", privateRights(ANN), []],
  ["a user's profile", `D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;${ANN})`, []],
  [
    "a folder of a second disk",
    "D:(A;OICIID;FA;;;BA)(A;OICIID;FA;;;SY)(A;OICIID;0x1301bf;;;AU)(A;OICIID;0x1200a9;;;BU)",
    ["Authenticated Users", "Users"],
  ],
  ["a folder for everyone", "D:(A;OICI;FRFX;;;WD)(A;OICI;FXFR;;;BG)", ["Everyone", "Guests"]],
  ["a folder shared with Bob", `D:(A;;FA;;;${ANN})(A;;GR;;;S-1-5-21-1-2-3-1002)`, ["S-1-5-21-1-2-3-1002"]],
  ["who is denied, or may only walk through", "D:(D;;FA;;;WD)(A;;0x100020;;;BU)(A;;FX;;;AU)", []],
  ["owners", "D:(A;OICIIO;FA;;;CO)(A;;FA;;;OW)", []],
])("of %s, others read by: %s -> %j", (_what, rights, expected) => {
  expect(otherReaders(rights, ANN)).toEqual(expected);
});

it("a folder of hardcall inherits nothing and hands its rights on", () => {
  expect(privateRights(ANN)).toBe(`D:P(A;OICI;FA;;;${ANN})(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)`);
});
