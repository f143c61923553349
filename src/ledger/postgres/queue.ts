/** Runs the works of one id one after the other; those of different ids at the same time. */
export class QueueById {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Whether a work of the id runs or waits. */
  has(id: string): boolean {
    return this.#last.has(id);
  }

  async run<T>(id: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(id);
    // An error of the one before is its caller's.
    const own = before === undefined ? work() : before.then(work, work);
    this.#last.set(id, own);
    try {
      return await own;
    } finally {
      if (this.#last.get(id) === own) this.#last.delete(id);
    }
  }
}
