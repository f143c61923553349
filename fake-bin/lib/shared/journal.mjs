/** The requests, in order, without headers and bodies: those hold keys and private text. */
export class Journal {
  #modes;
  #counted;
  #entries = [];
  #answers = 0;
  #waiting = [];

  /** @param counted what the report calls the number of requests that a mode answered */
  constructor(modes, counted) {
    this.#modes = modes;
    this.#counted = counted;
  }

  /** Records a request and, for one to the model, the mode that answers it. */
  add({ method, path, bytes, isForModel }) {
    const entry = { n: this.#entries.length + 1, method, path, bytes };
    if (isForModel) {
      entry.mode = this.#modes[Math.min(this.#answers, this.#modes.length - 1)];
      this.#answers += 1;
    }
    this.#entries.push(entry);
    for (const waiter of this.#waiting.filter(({ count }) => count <= this.#answers)) waiter.resolve();
    this.#waiting = this.#waiting.filter(({ count }) => count > this.#answers);
    return entry;
  }

  /** Resolves once the model was asked `count` times, so that a test can wait for a request and need not sleep. */
  reached(count) {
    if (!(count > this.#answers)) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ count, resolve }));
  }

  report() {
    return { count: this.#entries.length, [this.#counted]: this.#answers, requests: this.#entries };
  }
}
