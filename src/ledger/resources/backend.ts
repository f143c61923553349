import type { Operation } from "../operation/state.ts";
import type { Instant } from "../owner/instant.ts";
import type { ResourceDocument, ResourceStep } from "./document.ts";

/** What the body of a change of a resource is given. */
export interface ResourceRows {
  readonly now: Instant;
  readonly fenceFloor: number;
  readonly text: string | undefined;
  /** The rows of the operations that were asked for, in their order. */
  readonly rows: readonly (Operation | undefined)[];
}

export interface ResourceChange {
  readonly name: string;
  /** Operations whose rows the body needs to know, of the same moment. */
  readonly targets: readonly Pick<Operation, "name" | "key">[];
}

/** What a database has to be able to do to hold resources. */
export interface ResourceBackend {
  /** Changes the document of a resource as `transact` changes a row, but it need not survive a power cut. */
  change<A>(
    change: ResourceChange,
    withinMs: number,
    body: (view: ResourceRows) => ResourceStep<A>,
  ): Promise<A>;
  list(): Promise<readonly ResourceDocument[]>;
  /** What a person runs to delete the record of a resource that cannot be read. Absent where no one else can delete it. */
  readonly removal?: (name: string) => string;
}
