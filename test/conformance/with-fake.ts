import { checkAccepted, findAccepted } from "./accepted.ts";
import type { Agent } from "./agents/agent.ts";
import { compare } from "./compare.ts";
import type { Condition } from "./condition.ts";
import { inParallel } from "./in-parallel.ts";
import { Answers } from "./learn.ts";
import { observe, type Cli, type Observation } from "./observe.ts";
import { formatDetails, formatRow, HEADER, summary, type Row } from "./table.ts";

/** How often to look at what a genuine CLI does not always do the same way. */
export const RACES = 6;

/** Runs the genuine and the fake CLI through the conditions, prints the table, and returns its rows. */
export async function compareWithFake(
  agent: Agent,
  genuine: Cli,
  fake: Cli,
  conditions: readonly Condition[],
  jobs: number,
): Promise<readonly Row[]> {
  const accepted = checkAccepted(agent.accepted);
  const answers = new Answers(agent, fake);
  console.log(HEADER);
  const rows = await inParallel(jobs, conditions, compareIn, (row) => console.log(formatRow(row)));
  const differing = rows.filter(({ unlisted }) => unlisted.length > 0);
  if (differing.length > 0) console.log(`\n${differing.map(formatDetails).join("\n\n")}\n`);
  console.log(summary(agent, genuine.version, rows));
  return rows;

  async function compareIn(condition: Condition): Promise<Row> {
    // Not both at once: the second core is for the pair of another condition.
    const spoken = await answers.in(condition.spoken);
    const ours = await observe(agent, fake, condition, spoken);
    let best: Row | undefined;
    for (let left = condition.races ? RACES : 1; left > 0; left -= 1) {
      const row = rowOf(condition, await observe(agent, genuine, condition, spoken), ours);
      if (!best || row.unlisted.length < best.unlisted.length) best = row;
      if (best.unlisted.length === 0) break;
    }
    return best!;
  }

  function rowOf({ name }: Condition, theirs: Observation, ours: Observation): Row {
    const differences = compare(theirs, ours).map((difference) => ({
      difference,
      entry: findAccepted(accepted, genuine.version, name, difference),
    }));
    return {
      name,
      genuine: theirs,
      listed: differences.flatMap(({ difference, entry }) => (entry ? [{ difference, entry }] : [])),
      unlisted: differences.flatMap(({ difference, entry }) => (entry ? [] : [difference])),
    };
  }
}
