import { readFileSync } from "node:fs";

/** In `/proc/thread-self/status`: users, groups, umask, capabilities, what may not be gained or called, and processors. */
const INHERITED =
  /^(?:Umask|Uid|Gid|Groups|Cap\w+|NoNewPrivs|Seccomp|Seccomp_filters|Cpus_allowed|Mems_allowed|SigBlk):.*$/gm;
/** In the stat file, after the program's name: nice value, realtime priority and scheduling policy (proc_pid_stat(5), fields 19, 40, 41). */
const SCHEDULING = [16, 37, 38];

/**
 * What a process that starts now inherits from this thread. A helper that was started with another identity must not start anything in its
 * place: a host may have given up root since.
 *
 * @returns `undefined` where it cannot be read
 */
export function identity(): string | undefined {
  try {
    const [status, stat, limits, oom, cgroup] = [
      "thread-self/status",
      "thread-self/stat",
      "self/limits",
      "self/oom_score_adj",
      "thread-self/cgroup",
    ].map((file) => readFileSync(`/proc/${file}`, "latin1")) as [string, string, string, string, string];
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const scheduling = SCHEDULING.map((field) => fields[field]).join(" ");
    return [status.match(INHERITED)?.join("\n"), scheduling, limits, oom, cgroup].join("\n");
  } catch {
    // Not mounted, closed, or no descriptor is left.
    return undefined;
  }
}
