/** The requests, in order, without headers and bodies: those hold keys and private text. */
export class Journal {
  #modes;
  #entries = [];
  #messages = 0;
  #waiting = [];

  constructor(modes) {
    this.#modes = modes;
  }

  /** Records a request and, for one to /v1/messages, the mode that answers it. */
  add({ method, path, bytes, isMessages }) {
    const entry = { n: this.#entries.length + 1, method, path, bytes };
    if (isMessages) {
      entry.mode = this.#modes[Math.min(this.#messages, this.#modes.length - 1)];
      this.#messages += 1;
    }
    this.#entries.push(entry);
    for (const waiter of this.#waiting.filter(({ count }) => count <= this.#messages)) waiter.resolve();
    this.#waiting = this.#waiting.filter(({ count }) => count > this.#messages);
    return entry;
  }

  /** Resolves once `count` messages were asked for, so that a test can wait for a request and need not sleep. */
  reached(count) {
    if (!(count > this.#messages)) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ count, resolve }));
  }

  report() {
    return { count: this.#entries.length, messages: this.#messages, requests: this.#entries };
  }
}
