/** What is to be done to a run at its times, and what takes back that which lasts. */
export class Timetable {
  readonly #timers = new Set<NodeJS.Timeout>();
  /** In case that the run is over first. */
  readonly #undo = new Set<() => void>();

  after(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
  }

  /** Something has been done that is taken back after a while, or at the end. */
  last(ms: number, undo: () => void): void {
    this.untilEnd(undo);
    this.after(ms, () => {
      if (this.#undo.delete(undo)) undo();
    });
  }

  /** Something has been done that is taken back at the end. */
  untilEnd(undo: () => void): void {
    this.#undo.add(undo);
  }

  /** Calls off what is still planned, and takes back what lasts. */
  end(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    for (const undo of this.#undo) undo();
    this.#undo.clear();
  }
}
