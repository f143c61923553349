import type { Agent } from "./agents/agent.ts";
import { changesBetween, type Change } from "./changes.ts";
import type { Condition } from "./condition.ts";
import { inParallel } from "./in-parallel.ts";
import { Answers } from "./learn.ts";
import { observe, type Cli, type Observation } from "./observe.ts";
import { formatVersions, type VersionsRow } from "./versions-table.ts";

/** How often to look at what a genuine CLI does not always do the same way. */
const RACES = 6;
/** How often to look before a change of more than fields counts: a busy machine may have made it. */
const LOOKS = 2;

/** Runs the versions of a genuine CLI, oldest first, through the conditions, and prints the table. */
export async function compareVersions(
  agent: Agent,
  versions: readonly Cli[],
  fake: Cli,
  conditions: readonly Condition[],
  jobs: number,
): Promise<readonly VersionsRow[]> {
  const answers = new Answers(agent, fake);
  const names = versions.map(({ version }) => version);
  return inParallel(jobs, conditions, compareIn, (row) => console.log(formatVersions(names, row)));

  async function compareIn(condition: Condition): Promise<VersionsRow> {
    // All versions get the same answer.
    const spoken = await answers.in(condition.spoken);
    const steps: (readonly Change[])[] = [];
    let older: Observation | undefined;
    for (const cli of versions) {
      const look = () => observe(agent, cli, condition, spoken);
      let newer = await look();
      if (older !== undefined) {
        let changes = changesBetween(older, newer);
        for (let left = looks(condition, changes); left > 0; left -= 1) {
          const again = await look();
          const fewer = changesBetween(older, again);
          if (fewer.length < changes.length) [newer, changes] = [again, fewer];
          if (changes.length === 0) break;
        }
        steps.push(changes);
      }
      older = newer;
    }
    return { name: condition.name, steps };
  }
}

/** How often to look again. */
function looks({ races }: Condition, changes: readonly Change[]): number {
  if (changes.every(({ aspect }) => aspect === "fields")) return 0;
  return (races ? RACES : LOOKS) - 1;
}
