/** The option `--ledger`, which has the same default everywhere. */
export const ledgerFile = (what: string) =>
  ({
    takes: "file",
    value: "FILE",
    help: `${what} Default: HARDCALL_LEDGER, else hardcall/ledger.db in the XDG state folder.`,
  }) as const;
