import { ConfigError } from "../core/errors.ts";
import { LedgerError } from "../database/errors.ts";
import { hasLedger } from "../database/existing.ts";
import { openStore } from "../ledger/open.ts";
import { locateLedger } from "../ledger/store/locate.ts";
import type { LedgerStore } from "../ledger/store/store.ts";
import { describeResource } from "../resources/describe-resource.ts";
import { operateResource, resourceViews } from "../resources/operator.ts";
import type { OperatorEvent } from "../resources/types.ts";
import type { ResourceView } from "../resources/view.ts";
import type { ValuesOf } from "./interface/command.ts";
import { EXIT } from "./interface/exit-code.ts";
import { parse } from "./interface/parse.ts";
import { RESOURCE_CLOSE, RESOURCE_LIST, RESOURCE_OPEN, RESOURCE_SHOW } from "./interface/resource.ts";
import { FileError, UsageError } from "./interface/usage-error.ts";
import { milliseconds } from "./milliseconds.ts";
import { print } from "./print.ts";
import { resourceTable } from "./resource-list.ts";
import { resourceText } from "./resource-show.ts";
import { unusedResources, withLimits } from "./resource-unused.ts";
import { alternatives } from "./resources-file.ts";
import { visible, visibleJson } from "./terminal/visible.ts";

/** `hardcall resource list | show NAME | open NAME --by … --why … | close NAME --by … --why …` */
export async function main([verb = "", ...args]: string[]): Promise<number> {
  try {
    switch (verb) {
      case "list":
        return await list(parse(RESOURCE_LIST, args).values());
      case "show": {
        const { operands, values } = parse(RESOURCE_SHOW, args);
        return await show(values(), operands[0] ?? "");
      }
      case "open": {
        const { operands, values } = parse(RESOURCE_OPEN, args);
        const flags = values();
        const forMs = flags.for === undefined ? undefined : milliseconds("--for", flags.for);
        return await operate(flags, operands[0] ?? "", { kind: "open", ...said(flags), forMs });
      }
      default: {
        const { operands, values } = parse(RESOURCE_CLOSE, args);
        const flags = values();
        return await operate(flags, operands[0] ?? "", { kind: "close", ...said(flags) });
      }
    }
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    process.stderr.write(`hardcall: ${error.message}\n`);
    return error.code === "invalid_config" ? EXIT.usage : EXIT.ledger;
  }
}

type Flags = ValuesOf<(typeof RESOURCE_LIST)["groups"]>;

function said({ by, why }: ValuesOf<(typeof RESOURCE_CLOSE)["groups"]>) {
  if (by?.trim() && why?.trim()) return { by, why };
  throw new UsageError("give --by (who decided) and --why (the reason); the ledger keeps both");
}

async function list({ json, ledger }: Flags): Promise<number> {
  const declared = ofTheFile();
  const unreadable: LedgerError[] = [];
  const used =
    declared.length > 0 && !isThere(ledger)
      ? []
      : await inLedger(ledger, (store) => resourceViews(store, (error) => unreadable.push(error)));
  const names = used.map(({ name }) => name);
  const views = [
    ...used.map((view) => withLimits(view, () => declared)),
    ...declared.filter(({ name }) => !names.includes(name)),
  ];
  views.sort((one, other) => (one.name < other.name ? -1 : 1));
  const text = views.length === 0 ? "No call of this ledger has used a resource." : resourceTable(views);
  void print(`${json ? visibleJson(views, 2) : text}\n`);
  for (const { message } of unreadable) process.stderr.write(`hardcall: ${message}\n`);
  return unreadable.length === 0 ? EXIT.ok : EXIT.ledger;
}

/** A mistake in the file must not keep an operator from seeing what runs. */
function ofTheFile(): readonly ResourceView[] {
  try {
    return unusedResources();
  } catch (error) {
    if (!(error instanceof FileError) && !(error instanceof ConfigError)) throw error;
    process.stderr.write(`hardcall: ${error.message}\n`);
    return [];
  }
}

/** Whether there is a ledger, or was one: that it was lost is not to be hidden behind what the file defines. */
function isThere(ledger: string | undefined): boolean {
  const place = locateLedger(ledger);
  return place.kind !== "file" || hasLedger(place.path);
}

async function show({ json, ledger }: Flags, name: string): Promise<number> {
  return await inLedger(ledger, async (store) => {
    const view = await known(store, name);
    if (typeof view === "number") return view;
    const { now } = await store.moment();
    void print(`${json ? visibleJson(view, 2) : resourceText(view, now.at)}\n`);
    return EXIT.ok;
  });
}

async function operate({ json, ledger }: Flags, name: string, event: OperatorEvent): Promise<number> {
  return await inLedger(ledger, async (store) => {
    const found = await known(store, name);
    if (typeof found === "number") return found;
    const { changed, view } = await operateResource(store, name, event);
    void print(`${json ? visibleJson(view, 2) : `${visible(name)}: ${done(event, changed, view)}`}\n`);
    return EXIT.ok;
  });
}

function done({ kind }: OperatorEvent, changed: boolean, { breaker: { until } }: ResourceView): string {
  if (kind === "close")
    return changed ? "closed; calls start again" : "was closed already; nothing was changed";
  const end = until === undefined ? "an operator closes it" : new Date(until).toISOString();
  return `opened until ${end}; calls end with circuit_open, and those that run go on`;
}

/** @returns an exit code, after a sentence on stderr, where neither the ledger nor the file has it: a slip must not open another */
async function known(store: LedgerStore, name: string): Promise<ResourceView | number> {
  const used = await store.resources();
  const inUse = used.find((document) => document.name === name);
  // Only this one is read: the record of another may be damaged.
  if (inUse !== undefined)
    return withLimits(describeResource(name, inUse.text, await store.moment()), ofTheFile);
  const declared = unusedResources();
  const unused = declared.find((view) => view.name === name);
  if (unused !== undefined) return unused;
  const names = [...new Set([...used, ...declared].map((one) => one.name))].toSorted();
  process.stderr.write(
    `hardcall: there is no resource ${JSON.stringify(name)} in the ledger ${visible(store.location)}${alternatives(name, names)}\n`,
  );
  return EXIT.calleeFailed;
}

async function inLedger<Answer>(
  ledger: string | undefined,
  work: (store: LedgerStore) => Promise<Answer>,
): Promise<Answer> {
  const store = await openStore(ledger, { mustExist: true });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
