/** `node --import shifted-clock.ts`: the wall clock of this process can be set while it runs. What counts time since boot stays. */
const Real = Date;
let offsetMs = 0;

class ShiftedDate extends Real {
  constructor(...given: [] | [string | number | Date]) {
    if (given.length === 0) super(ShiftedDate.now());
    else super(...(given as [string]));
  }

  static override now(): number {
    return Real.now() + offsetMs;
  }
}

globalThis.Date = ShiftedDate as DateConstructor;

/** From now on the wall clock of this process is so far from the machine's. */
(globalThis as { setWallClock?: (ms: number) => void }).setWallClock = (ms) => {
  offsetMs = ms;
};
