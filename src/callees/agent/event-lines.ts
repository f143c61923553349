import { eventsOf, type AgentEvent } from "./events.ts";

/**
 * Reads the lines of a run and counts those that are no events. What an agent's events say is for its own transcript, which
 * extends this class. Its size stays the same however long the run is.
 */
export abstract class EventLines<Event extends AgentEvent> {
  events = 0;
  /** The last line is the beginning of an event only. */
  cutOff = false;
  /** How many lines are no events, such as banners and warnings. */
  noise = 0;
  /** The first of these lines, for runs that print no events at all. */
  firstNoise: string | undefined;

  /** @returns the events of the line */
  take(line: string): readonly Event[] {
    const events = eventsOf<Event>(line);
    this.cutOff = events.length === 0 && /^[{[]\s*"?/.test(line) && !/[}\]]$/.test(line);
    if (events.length === 0) {
      this.noise++;
      this.firstNoise ??= line.slice(0, 500);
    }
    this.events += events.length;
    for (const event of events) this.see(event);
    return events;
  }

  protected abstract see(event: Event): void;
}
