import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { COOKIES } from "../core/cookie.ts";
import { ownRuntime, type Evaluator } from "../core/own-runtime.ts";
import { programText } from "../core/program-text.ts";

const NAME = "hardcall-guardian";

/**
 * The guardian: a shell that waits for the end of its stdin, as it costs a hundredth of the memory of a Node process, and
 * starts Node only when there is something to end. It is told `slot token`, and `slot` alone when that has ended: a variable
 * each, as a shell takes seconds to find one of 200 tokens in a string.
 *
 * When its host is killed, an upgrade may just have replaced the package and Node itself. So it has the program in its
 * environment from the start, and Node open as descriptor 3; and where Node does not start at all it ends the process groups
 * whose leader is still there. The same where there is no Node to start: in an application that is its own executable, and in a bundle,
 * which has no program of the guardian's beside it. Its arguments are the runtime and what it takes before the program, or none.
 *
 * `/bin/sh` is busybox, dash, bash (3.2 on macOS), zsh or a ksh, so the words are those that all of them read alike. Not in all of them:
 * an unquoted `)` of a pattern within `$(…)`; `printf` without a program of that name; a fraction of a second for `sleep`. Without
 * `--`, posh reads the group `-123` as "signal 1 to every process of the machine". busybox complains about it and goes on.
 */
const FRONT = `trap '' HUP INT TERM
last=-1
while read -r slot token; do
  eval "slot$slot=\\$token"
  [ "$slot" -le "$last" ] || last=$slot
done
left= tokens=
while [ "$last" -ge 0 ]; do
  eval "token=\\$slot$last"
  if [ -n "$token" ]; then
    tokens="$tokens $token"
    left="$left$last $token
"
  fi
  last=$((last - 1))
done
[ -n "$left" ] || exit 0
if [ "$#" -gt 0 ]; then
  node=$1
  shift
  [ -x "$node" ] || node=/proc/self/fd/3
  echo "$left" | "$node" "$@" "$HARDCALL_GUARDIAN" ${NAME} && exit
fi
groups=
for token in $tokens; do
  IFS=,
  set -- $token
  IFS=' '
  [ "$2" -gt 1 ] || continue
  group=$2 start=$3
  if [ -n "$start" ] && [ -e /proc/self/stat ]; then
    read -r stat <"/proc/$group/stat" || continue
    set -- \${stat##*") "}
    shift 19
    [ "$1" = "$start" ] || continue
  fi
  groups="$groups -$group"
done
[ -n "$groups" ] || exit 0
kill -s TERM -- $groups
sleep 0.5 || sleep 1
kill -s KILL -- $groups`;

const readProgram = programText(import.meta.url, "./guardian.ts", "./guardian.js");

/** What waits for the end of the host. `"node"` can also wait for a time, and prints what it ends. */
export type GuardianProgram = "shell" | "node";

/** `undefined` when the system refuses at once; otherwise it may still report an `error`. */
export function spawnGuardian(waits: GuardianProgram): ChildProcess | undefined {
  // Without our own cookies: an outer call that sweeps must not take the guardian for a process that was left behind.
  const { [COOKIES]: _, NODE_OPTIONS: __, ...env } = process.env;
  let node: number | undefined;
  try {
    const program = readProgram();
    const runtime = program === undefined ? undefined : ownRuntime();
    const start = waits === "shell" ? shellOn(runtime) : programOn(runtime, program);
    if (start === undefined) return undefined;
    node = runtime && openNode();
    const [file, args] = start;
    // ast-grep-ignore: js-subprocess-timeout, reason: it is there as long as its host, and ends with it
    return spawn(file, [...args], {
      // A session of its own, or Ctrl-C in the terminal would end it together with the host.
      detached: true,
      stdio: ["pipe", waits === "shell" ? "ignore" : "pipe", "ignore", node ?? "ignore"],
      cwd: "/",
      env: runtime === undefined ? env : { ...env, HARDCALL_GUARDIAN: program },
    });
  } catch {
    // No process, descriptor or memory is left (EAGAIN, EMFILE, ENOMEM).
    return undefined;
  } finally {
    if (node !== undefined) closeSync(node);
  }
}

type Start = readonly [file: string, args: readonly string[]];

const shellOn = (runtime: Evaluator | undefined): Start => [
  "/bin/sh",
  ["-c", FRONT, NAME, ...(runtime === undefined ? [] : [runtime.file, ...runtime.args])],
];

const programOn = (runtime: Evaluator | undefined, program = ""): Start | undefined =>
  runtime && [runtime.file, [...runtime.args, program, NAME]];

/**
 * Node's own file, which may have been replaced before the first call: the system still knows it. Where it may not be read (Node's
 * permission model) the guardian has only its path.
 */
function openNode(): number | undefined {
  for (const file of [process.execPath, "/proc/self/exe"]) {
    try {
      return openSync(file, "r");
    } catch (error) {
      // Without a descriptor there is no pipe to the guardian either.
      if (["EMFILE", "ENFILE"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    }
  }
  return undefined;
}
