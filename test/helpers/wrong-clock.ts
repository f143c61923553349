/** `NODE_OPTIONS` of a process whose wall clock is off by so many hours. */
export function clockOffBy(hours: number): string {
  const shift = `const { now } = Date; Date.now = () => now() + ${hours * 3_600_000};
    globalThis.Date = new Proxy(Date, { construct: (target, of, as) => Reflect.construct(target, of.length > 0 ? of : [Date.now()], as) });`;
  return `--import=data:text/javascript,${encodeURIComponent(shift)}`;
}
