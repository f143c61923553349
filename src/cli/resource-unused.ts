import { currentOwner } from "../ledger/owner/owner.ts";
import { change } from "../resources/change.ts";
import { describeResource } from "../resources/describe-resource.ts";
import { limitsOf } from "../resources/limits-of.ts";
import type { ResourceView } from "../resources/view.ts";
import { resourcesFile } from "./resources-file.ts";

/**
 * The resources of `hardcall.resources.json`, as they are before any call has used them.
 *
 * @throws FileError for a file that is wrong, ConfigError for a variable that is
 */
export function unusedResources(): readonly ResourceView[] {
  const owner = currentOwner();
  const moment = { now: { at: Date.now(), boot: "", ticks: 0 }, owner, liveness: () => "alive" as const };
  return [...(resourcesFile()?.resources ?? [])].map(([name, resource]) => {
    const { text = "" } = change(name, undefined, { limits: limitsOf(resource, process.env) }, moment);
    return { ...describeResource(name, text, moment), declared: [] };
  });
}

/**
 * A resource of the ledger. Where an operator has opened its breaker before any call has used it, the ledger has no limits of it: then those
 * of the file.
 */
export function withLimits(view: ResourceView, declared: () => readonly ResourceView[]): ResourceView {
  if (Object.values(view.limits).some((limit) => limit !== undefined)) return view;
  const unused = declared().find(({ name }) => name === view.name);
  if (unused === undefined) return view;
  return { ...unused, places: view.places, breaker: view.breaker, history: view.history };
}
