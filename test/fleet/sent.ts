/** The body of a request: who sent it, and when by the clock that all hosts of a machine share and none can set. */
export interface Sent {
  /** Of the worker. */
  readonly life: string;
  readonly callId: string;
  /** Sent by a command's child, which does not sleep with its worker. */
  readonly isCommand?: true;
  readonly attempt: number;
  readonly begunTicks: number;
  readonly sentTicks: number;
}

/** CLOCK_MONOTONIC in milliseconds. */
export const ticks = (): number => Math.round(Number(process.hrtime.bigint()) / 1e6);

/** That clock's reading as milliseconds since 1970, on the clock of this process. */
export const timeOf = (reading: number): number => reading + Date.now() - ticks();
