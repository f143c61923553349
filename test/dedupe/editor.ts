import path from "node:path";
import type { DedupeVerdict } from "../../src/index.ts";
import type { FaultPoint } from "../../src/core/fault-points.ts";
import type { Manner } from "../call/guard/publish-server.ts";
import type { Ending, Viewpoint } from "../call/guard/publish.ts";
import { ROOT } from "../helpers/files.ts";
import { LineProcess } from "../helpers/line-process.ts";
import { childEnv } from "../helpers/run.ts";

const EDITOR = path.join(ROOT, "test/dedupe/fixtures/editor.ts");

export type EditorViewpoint = Viewpoint;

export type EditorOrder =
  | {
      readonly do: "check";
      readonly content: string;
      readonly callId?: string | undefined;
      readonly hold?: number | undefined;
    }
  | { readonly do: "commit" | "release" }
  | OnceOrder;

/** Publishes the content at a service, under itself as the key. */
export interface OnceOrder {
  readonly do: "once";
  readonly content: string;
  readonly url: string;
  readonly manner: Manner;
  readonly probes: boolean;
}

/** A real process that checks drafts; see dedupe/fixtures/editor.ts. */
export class Editor implements AsyncDisposable {
  readonly #process: LineProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(viewpoint: EditorViewpoint, faultPoint: FaultPoint | undefined) {
    const env = childEnv({ HARDCALL_TEST_FAULT_POINT: faultPoint });
    this.#process = new LineProcess(process.execPath, [EDITOR, JSON.stringify(viewpoint)], env);
    this.#lines = this.#process.lines[Symbol.asyncIterator]();
  }

  /** @param faultPoint where it dies of SIGKILL when it first comes by */
  static async begin(viewpoint: EditorViewpoint, faultPoint?: FaultPoint): Promise<Editor> {
    const self = new Editor(viewpoint, faultPoint);
    await self.#next();
    return self;
  }

  async check(content: string, more: { readonly callId?: string; readonly hold?: number } = {}) {
    return ((await this.#tell({ do: "check", content, ...more })) as DedupeVerdict).verdict;
  }

  async once(order: Omit<OnceOrder, "do">): Promise<Ending> {
    return (await this.#tell({ do: "once", ...order })) as Ending;
  }

  /** Publishes, and does not live to see the end of it. */
  async dieOf(order: Omit<OnceOrder, "do">): Promise<string | undefined> {
    this.#process.say({ do: "once", ...order });
    await this.#process.exited();
    return this.#process.ending;
  }

  commit(): Promise<unknown> {
    return this.#tell({ do: "commit" });
  }

  release(): Promise<unknown> {
    return this.#tell({ do: "release" });
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.signal(signal);
  }

  async end(): Promise<void> {
    this.#process.signal("SIGKILL");
    await this.#process.exited();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }

  #tell(order: EditorOrder): Promise<unknown> {
    this.#process.say(order);
    return this.#next();
  }

  async #next(): Promise<unknown> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error(`The editor ended: ${this.#process.stderr}`);
    return JSON.parse(value) as unknown;
  }
}
