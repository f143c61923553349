/**
 * Calls a function of the caller's that only listens. Its fault, at once or in the promise that it returns, would end the
 * host; here it is told to `onFault` and ends nothing.
 */
export function notifyListener(listen: () => unknown, onFault: (error: unknown) => void): void {
  try {
    const answer = listen();
    if (answer instanceof Promise) answer.catch(onFault);
  } catch (error) {
    onFault(error);
  }
}
