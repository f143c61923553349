import { describe, expect, it } from "vitest";
import { type Accepted, checkAccepted, findAccepted } from "./accepted.ts";
import { AGENTS } from "./agents/agents.ts";
import { compare } from "./compare.ts";
import { normaliseText, readPrinted } from "./normalise.ts";
import { streamsOf } from "./observe.ts";

const { rules } = AGENTS.claude;
const HERE = { home: "/tmp/h", cwd: "/tmp/h/work", gateway: "http://127.0.0.1:4711" };

function observed(stdout: string, { exitCode = 0, stderr = "", version = "2.1.329" } = {}) {
  const here = { ...HERE, version };
  return {
    exit: String(exitCode),
    streams: streamsOf({ stdout, stderr }),
    stdout: readPrinted(stdout, here, rules),
    stderr: normaliseText(stderr, here, rules),
  };
}

const INIT =
  '{"type":"system","subtype":"init","tools":["Bash"],"session_id":"11111111-2222-4333-8444-555555555555"}';
const RESULT = '{"type":"result","subtype":"success","is_error":false,"duration_ms":12,"total_cost_usd":0.5}';

describe("compare", () => {
  it.each([
    ["text", "Hello\n", "Hello\n"],
    ["the order of keys", '{"a":1,"b":2}', '{"b":2,"a":1}'],
    ["times and costs", RESULT, RESULT.replace("12", "34").replace("0.5", "0.7")],
    ["ids", INIT, INIT.replace("11111111", "99999999")],
    ["what a list offers", INIT, INIT.replace('"Bash"', '"Read","Write"')],
    ["places", `at ${HERE.cwd} by 127.0.0.1:4711`, "at <cwd> by <gateway>"],
  ])("lets pass %s", (_, genuine, fake) => {
    expect(compare(observed(genuine), observed(fake))).toEqual([]);
  });

  it("lets pass the version that each one says it is", () => {
    const said = (version: string) => observed(`{"claude_code_version":"${version}"}`, { version });
    expect(compare(said("2.1.330"), said("2.1.329"))).toEqual([]);
    expect(compare(said("2.1.330"), observed('{"claude_code_version":"2.1.328"}'))).toHaveLength(1);
  });

  it.each([
    ["text", "Hello\n", "Hello", "text stdout"],
    ["a value", RESULT, RESULT.replace("false", "true"), "fields result.is_error"],
    ["a type", RESULT, RESULT.replace("12", '"12"'), "fields result.duration_ms"],
    ["a cost of nothing", RESULT, RESULT.replace("0.5", "0"), "fields result.total_cost_usd"],
    ["a field too few", RESULT, RESULT.replace('"is_error":false,', ""), "fields result.is_error"],
    ["a field too many", RESULT, RESULT.replace("{", '{"x":1,'), "fields result.x"],
    ["an empty list", INIT, INIT.replace('"Bash"', ""), "fields system/init.tools.0"],
    ["a missing event", `${INIT}\n${RESULT}`, INIT, "events sequence"],
    ["the form", `${INIT}\n${RESULT}`, RESULT, "events form"],
  ])("finds %s", (_, genuine, fake, expected) => {
    const found = compare(observed(genuine), observed(fake));
    expect(found.map(({ aspect, path }) => `${aspect} ${path}`)).toEqual([expected]);
  });

  it("finds another exit code and another stream", () => {
    const found = compare(observed("no\n", { exitCode: 1 }), observed("", { stderr: "no\n" }));
    expect(found.map(({ path }) => path)).toEqual(["exit", "stream", "stderr", "stdout"]);
  });
});

describe("the lists", () => {
  it("accepts a difference of that condition and path only", () => {
    const list: Accepted[] = [{ condition: "input/*", path: "result.a.*", reason: "because" }];
    const difference = { aspect: "fields", path: "result.a.b", genuine: 1, fake: 2 } as const;
    const find = (condition: string, path = "result.a.b") =>
      findAccepted(list, "2.1.329", condition, { ...difference, path });
    expect(find("input/x")).toBe(list[0]);
    expect(find("output/x")).toBeUndefined();
    expect(find("input/x", "result.ab")).toBeUndefined();
  });

  it("accepts a difference from the version on that brought it", () => {
    const list: Accepted[] = [{ condition: "*", path: "result.a", since: "2.1.330", reason: "because" }];
    const difference = { aspect: "fields", path: "result.a", genuine: 1, fake: 2 } as const;
    const find = (version: string) => findAccepted(list, version, "ok/json", difference);
    expect([find("2.1.329"), find("2.1.99")]).toEqual([undefined, undefined]);
    expect([find("2.1.330"), find("2.1.1000")]).toEqual([list[0], list[0]]);
  });

  it.each(Object.values(AGENTS))("of $name are short, and each condition has its own name", (agent) => {
    expect(checkAccepted(agent.accepted)).toBe(agent.accepted);
    const names = new Set(agent.conditions.map(({ name }) => name));
    expect(names.size).toBe(agent.conditions.length);
    expect(agent.conditions.map(({ spoken }) => spoken).filter((name) => !names.has(name))).toEqual([]);
  });

  it("refuses a list that is long, or an entry without a reason", () => {
    const entry: Accepted = { condition: "*", path: "*", reason: "because" };
    expect(() => checkAccepted(Array.from({ length: 6 }, () => entry))).toThrow("lists 6 differences");
    expect(() => checkAccepted([{ ...entry, reason: " " }])).toThrow("gives no reason");
  });

  it("of claude have at least 180 conditions", () => {
    expect(AGENTS.claude.conditions.length).toBeGreaterThanOrEqual(180);
  });
});
