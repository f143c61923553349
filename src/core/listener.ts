/**
 * Calls a listener of the caller. An error that it throws, or with which its promise rejects, would end the host process; this
 * function passes it to `onFault` instead.
 */
export function notifyListener(listen: () => unknown, onFault: (error: unknown) => void): void {
  try {
    const answer = listen();
    if (answer instanceof Promise) answer.catch(onFault);
  } catch (error) {
    onFault(error);
  }
}
