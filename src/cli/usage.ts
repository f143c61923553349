/** `--help` among the flags. */
export class HelpAsked extends Error {}

/** A command line that cannot be right. */
export class UsageError extends Error {}

/** For a subcommand that takes none. @throws UsageError */
export function refuseArguments([first]: readonly string[]): void {
  if (first !== undefined) throw new UsageError(`${JSON.stringify(first)} is one word too many`);
}

export const HELP = `hardcall: a call that ends on time, in an honest outcome, and never twice

  hardcall run    --timeout D [options] -- command [args...]
  hardcall claude --timeout D [options] [prompt]            (without a prompt it is read from stdin)
  hardcall ledger list [--state S] [--name N] [--older-than D] [--limit N] [--json]
  hardcall ledger show CALL_OR_KEY [--name N] [--json]
  hardcall ledger resolve CALL_OR_KEY --as done|absent --by WHO --why TEXT [--name N] [--force]
  hardcall ledger prune [--retention 30d] [--tombstone 90d]
  hardcall dedupe check --scope S [FILE] [--hold 15m] [--call ID] [--max-streak 3]   (or the content on stdin)
                        new: prints a token and reserves the content for HARDCALL_KEY, else --call, else that token;
                        a rerun of that owner gets it at once when the first run is seen to be gone, others after --hold
  hardcall dedupe commit --scope S [FILE] [--token T]    it was published: from now on it is a duplicate
  hardcall dedupe release --scope S [FILE] [--token T]   it was not published: gives it back
  hardcall dedupe forget --scope S [FILE]    as if it had never come, also after a commit
  hardcall sentinel check --config FILE [--ledger PATH] [--json]
  hardcall sentinel status [--ledger PATH] [--json]
  hardcall report --out FILE [--days N] [--ledger PATH]
  hardcall fake-bin     prints the folder with the fake claude, for PATH
  hardcall doctor       what this machine can guarantee

D is a duration: 90s, 10m, 1h30m, or milliseconds.

  --timeout D            the whole call; required
  --attempt-timeout D    one attempt
  --idle-timeout D       without a sign of life
  --kill-grace D         between SIGTERM and SIGKILL (5s)
  --name N               names logs and environment variables (made of the command's name)
  --effects E            none, keyed, verifiable or once: what a repeat would do (once)
  --key K                what makes two calls the same one; gates every repeat through the ledger. With another command,
                         arguments, folder or stdin (claude: any option that changes the answer) it is a key conflict
  --fingerprint-cwd PATH with --key: stands for the working folder, where that is new at each deployment
  --fingerprint-env NAME with --key: this variable's value is part of the input too; may be repeated
  --attempts N           starts in all; with --effects none, or with a key and keyed or verifiable
  --probe 'COMMAND'      for verifiable: exit code 0 means it is there, 1 that it is not; sees HARDCALL_KEY
  --effect-within D|none with --probe: for how long after an attempt's end its effect may still appear; until then "not
                         there" proves nothing. none: a dead attempt can have no later effect (it writes a local file)
  --evidence-file PATH   must be there afterwards, newer than the start and not blank; may be repeated
  --evidence-command 'COMMAND'  must exit 0 afterwards; may be repeated
  --evidence-within D    how long the evidence may take to appear (2s)
  --ledger PATH          where calls with a key are recorded (HARDCALL_LEDGER, an absolute path or ~/…, else in the XDG state folder)
  --allow-empty          takes blank output for a success
  --min-bytes N          fewer bytes of output are a failure (with --allow-empty a blank output is not)
  --max-output N         more bytes of output are a failure (16777216)
  --json                 the output must be JSON
  --schema FILE          the output must be JSON that fits this JSON Schema
  --stdin                hands our stdin on; otherwise the command sees end of file. With --key or --attempts it is read first.
                         claude with a prompt: stdin follows it; without --stdin it is not read
  --max-input N          more bytes of such a stdin are refused, and nothing is started (16777216)
  --leave-running        lets processes live that a success leaves behind; what they print later is thrown away,
                         so redirect it where it is wanted
  --replay-without-output  a replay whose output was not kept is a success without one (else exit 65)
  --outcome-file FILE    writes the whole outcome as JSON, with the ends of the command's stdout and stderr, which is not shown
  --log-level L          one line of JSON per call on stderr: silent, error, warn, info, debug (silent)
claude only:
  --model M  --tools LIST (what exists)  --allowed-tools LIST (what needs no permission)  --max-turns N
  --max-budget-usd N  --system-prompt TEXT  --append-system-prompt TEXT  --permission-mode M  --resume ID
  --permission-denials fail|allow  --marker  --claude-bin PATH

Exit codes: 0 the contract held; 1 a sentinel is not ok; 2 usage; 65 the output broke the contract; 69 the callee failed or refused;
70 a fault in hardcall; 73 in progress elsewhere, key conflict or a duplicate; 74 ledger unavailable, or stdout could not be written; 75 may work later, or content is pending;
76 look whether it happened; 77 authentication or billing; 124 timeout; 126 not executable; 127 not found; 130, 143 ended by SIGINT, SIGTERM.
stdout carries the output only when the exit code is 0.
`;
