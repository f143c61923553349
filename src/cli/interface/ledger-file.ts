/** The option `--ledger`, which has the same default everywhere. */
export const ledgerFile = (what: string) =>
  ({
    takes: "file",
    value: "PATH|URL",
    help: `${what} A file, or a postgres:// URL. Default: HARDCALL_LEDGER, else hardcall/ledger.db in XDG_STATE_HOME or ~/.local/state.`,
  }) as const;
