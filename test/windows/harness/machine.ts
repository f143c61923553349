/** What the suite needs of a system that runs Node for Windows. Wine and Windows itself are two such systems. */
export interface Machine {
  /** Folders that hold the installed package and the tests, as this process opens them. */
  readonly folders: Folders;
  /** Runs Node for Windows in one of the folders. What it prints goes to a file. */
  node(run: NodeRun): Promise<Ending>;
  /** What the run left behind: one line for each process that still lives. */
  processesLeft(): Promise<readonly string[]>;
  /** Ends every process of this machine and removes its files. Is safe to call twice. */
  end(): Promise<void>;
}

export interface Folders {
  readonly complete: string;
  /** The same without the optional dependency that Job Objects need. */
  readonly withoutKoffi: string;
}

export interface NodeRun {
  readonly folder: keyof Folders;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** A file: under Wine, Node cannot write to a Unix pipe. */
  readonly output: string;
  /** Milliseconds. */
  readonly limit: number;
}

export type Ending = { readonly exitCode: number | null } | "time limit";

/** Makes machines; each test file gets one of its own. */
export interface System {
  /** For people, such as "Wine 8.0". */
  readonly name: string;
  /** The value of HARDCALL_TEST_WINDOWS in the tests. */
  readonly kind: "wine" | "windows";
  /** How many files run at once. */
  readonly parallel: number;
  /** @param app a folder in which the package is installed; the machine gets a copy, and lives in a folder beside it */
  machine(app: string): Promise<Machine>;
}

/** The names of the folders on the machine. The blanks are there to be tested. */
export const FOLDER_NAMES: Folders = {
  complete: "hardcall suite",
  withoutKoffi: "hardcall without koffi",
};
