/** What was asked, in order. Never holds a header or a prompt: those carry keys and other people's text. */
export class Journal {
  #modes;
  #entries = [];
  #messages = 0;
  #waiting = [];

  constructor(modes) {
    this.#modes = modes;
  }

  /** Notes a request and, for one to /v1/messages, which mode answers it. */
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

  /** Resolves once `count` messages were asked for, so that a test can wait for a request instead of sleeping. */
  reached(count) {
    if (!(count > this.#messages)) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ count, resolve }));
  }

  report() {
    return { count: this.#entries.length, messages: this.#messages, requests: this.#entries };
  }
}
