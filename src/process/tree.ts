export interface LookOptions {
  /** The leader has succeeded and its output is closed: a look that costs a process is made only if a member is known to be there. */
  readonly afterCleanExit?: boolean;
  /** For how long to wait for a look that costs a process. One that takes longer goes on, and counts as failed until it ends. */
  readonly withinMs?: number;
}

/**
 * Every process that one attempt started. How hardcall finds and ends them depends on the system: by process group, cookie and parents,
 * or by a Job Object.
 */
export interface Tree {
  /** Whether the last look saw every process. */
  readonly certain: boolean;
  /** Whether the last look failed: processes may be alive that it did not see. */
  readonly lookFailed: boolean;
  /** Why hardcall holds the first process alone and not what that starts; `undefined` where it holds all. */
  readonly limit: string | undefined;
  /** How many processes of the last look may be part of the tree but cannot be read. hardcall does not signal them. */
  readonly unread: number;
  /** Looks for all living members. */
  look(options?: LookOptions): Promise<readonly number[]>;
  /** Whether any member that `look` has seen is alive. Cheap, and does not see later members. */
  anyKnownAlive(): boolean;
  /** Signals all known members. */
  signal(signal: NodeJS.Signals): void;
  /** From now on each member is killed when it is seen. */
  killOnSight(): void;
  /**
   * The leader has ended and was reaped: from now on only its descendants can be alive.
   *
   * @param agoMs how long ago, where another process than this one reaped it
   */
  leaderExited(agoMs?: number): void;
}
