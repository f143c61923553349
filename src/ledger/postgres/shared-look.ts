/**
 * Looks that many want at the same time: at most one of an id is under way, and one more is to come, for all who ask meanwhile. The one
 * under way may have seen what was before they asked.
 */
export class SharedLooks<T> {
  readonly #underWay = new Map<string, Promise<T>>();
  readonly #next = new Map<string, Promise<T>>();

  async look(id: string, look: () => Promise<T>): Promise<T> {
    const next = this.#next.get(id);
    if (next !== undefined) return await next;
    const before = this.#underWay.get(id);
    if (before === undefined) return await this.#run(id, look);
    const begin = () => {
      this.#next.delete(id);
      return this.#run(id, look);
    };
    // An error of the one before is for those who asked before.
    const mine = before.then(begin, begin);
    this.#next.set(id, mine);
    return await mine;
  }

  async #run(id: string, look: () => Promise<T>): Promise<T> {
    const running = look();
    this.#underWay.set(id, running);
    try {
      return await running;
    } finally {
      if (this.#underWay.get(id) === running) this.#underWay.delete(id);
    }
  }
}
