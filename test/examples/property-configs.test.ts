import { spawn } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import path from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { tempFolder as folder } from "../helpers/files.ts";

const EXAMPLE = path.join(import.meta.dirname, "../../examples/property-configs");

async function check(configs: string, env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, ["check.mts", configs], {
    cwd: EXAMPLE,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 30_000,
  });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  return { code: code as number, stdout, problems: stderr.split("\n").filter((line) => line !== "") };
}

/** The honest family with one file changed. */
function familyWith(file: string, change: (config: Record<string, unknown>) => unknown): string {
  const made = folder();
  cpSync(path.join(EXAMPLE, "honest"), made, { recursive: true });
  const where = path.join(made, file);
  writeFileSync(
    where,
    JSON.stringify(change(JSON.parse(readFileSync(where, "utf8")) as Record<string, unknown>)),
  );
  return made;
}

describe("examples/property-configs", () => {
  it("finds the one config whose limit a migration set to 0, by file, setting and value", async () => {
    expect(await check("configs")).toEqual({
      code: 1,
      stdout: "",
      problems: ["configs/casa-azul.json: max_daily_posts is 0, and 3 to 8 in the other 5"],
    });
  });

  it("has nothing to say of six honest configs that differ", async () => {
    expect(await check("honest")).toEqual({ code: 0, stdout: "6 configs, nothing unusual\n", problems: [] });
  });

  it("applies overrides first, and names the variable", async () => {
    expect(await check("configs", { CASA_AZUL__MAX_DAILY_POSTS: "6" })).toMatchObject({ code: 0 });
    const { code, problems } = await check("honest", { FJORD_HOUSE__MAX_DAILY_POSTS: "0" });
    expect(code).toBe(1);
    expect(problems).toEqual([
      "honest/fjord-house.json: max_daily_posts is 0 (by FJORD_HOUSE__MAX_DAILY_POSTS), and 3 to 8 in the other 5",
    ]);
  });

  it("refuses unknown settings and overrides, and suggests the nearest name", async () => {
    const made = familyWith("bay-hostel.json", ({ max_daily_posts: posts, ...config }) => ({
      ...config,
      max_dialy_posts: posts,
    }));
    const { code, problems } = await check(made, { BAY_HOSTEL__PUBLISH__ENABELD: "false" });
    const where = path.join(made, "bay-hostel.json");
    expect(code).toBe(1);
    expect(problems).toEqual([
      `${where}: the environment variable BAY_HOSTEL__PUBLISH__ENABELD matches no setting; did you mean BAY_HOSTEL__PUBLISH__ENABLED?`,
      expect.stringContaining(`${where}: max_daily_posts: `),
      `${where}: max_dialy_posts is not a setting; did you mean max_daily_posts?`,
    ]);
  });

  it.each<[string, unknown, string]>([
    ["max_daily_posts", 50, ""],
    ["min_hours_between_posts", 0, "min_hours_between_posts is 0, and 2.5 to 6 in the other 5"],
    ["hashtags", [], "hashtags.length is 0, and 1 to 2 in the other 5"],
  ])("judges %s: %j by the other five", async (setting, value, words) => {
    const made = familyWith("bay-hostel.json", (config) => ({ ...config, [setting]: value }));
    const { code, problems } = await check(made);
    const where = path.join(made, "bay-hostel.json");
    expect(problems).toEqual(words === "" ? [] : [`${where}: ${words}`]);
    expect(code).toBe(words === "" ? 0 : 1);
  });

  it("does not pass a folder without configs, or a file that is not JSON", async () => {
    const made = folder();
    expect(await check(made)).toMatchObject({ code: 1, problems: [`${made}: contains no .json file`] });
    writeFileSync(path.join(made, "bay-hostel.json"), "{");
    const { code, problems } = await check(made);
    expect(code).toBe(1);
    expect(problems).toEqual([expect.stringContaining("cannot be read")]);
  });
});
