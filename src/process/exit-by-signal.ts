/**
 * A host that is to die of a signal may end by itself before: of an error that it does not catch, such as that of the call which
 * the signal cancelled, or with `process.exit()`. It dies of the signal all the same: a shell that sees an exit code goes on
 * with its next command, also after Ctrl-C.
 *
 * @param die raises the signal, after `tell`, or does nothing where the host is to exit as it says
 * @returns takes it back
 */
export function onOwnExit(die: (tell: () => void) => void): () => void {
  let uncaught: { readonly error: unknown } | undefined;
  const onUncaught = (error: unknown): void => {
    const isHandled =
      process.listenerCount("uncaughtException") > 0 || process.hasUncaughtExceptionCaptureCallback();
    uncaught = isHandled ? undefined : { error };
  };
  // Node prints an error that nothing catches only after `exit`.
  const tell = (): void => {
    if (uncaught !== undefined) {
      const { inspect } = process.getBuiltinModule("node:util");
      process.stderr.write(`Uncaught ${inspect(uncaught.error)}\n`);
    }
    uncaught = undefined;
  };
  const onExit = (): void => die(tell);
  process.on("uncaughtExceptionMonitor", onUncaught);
  process.on("exit", onExit);
  return () => {
    process.removeListener("uncaughtExceptionMonitor", onUncaught);
    process.removeListener("exit", onExit);
  };
}
