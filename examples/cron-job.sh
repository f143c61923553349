#!/bin/sh
# Replaces a file with what a command prints, or claude answers. The file is replaced as a whole, and only if the call
# succeeded.
#
# Try it:
#
#     npx -c './cron-job.sh report.txt run -- date'
#     cat report.txt
#
# In a crontab. cron's own PATH is /usr/bin:/bin, so name the folders of `node` and of what the jobs call. hardcall itself is
# found in node_modules beside this script, or in a folder above; or install it with npm install --global hardcall.
#
#     PATH=/usr/local/bin:/usr/bin:/bin
#     MAILTO=you@example.com
#     0 6 * * *  cd /srv/site && ./cron-job.sh report.txt run -- ./make-report --yesterday
#     0 7 * * *  cd /srv/site && ./cron-job.sh post.md claude --tools '' 'Write the post of the day'
#
# cron mails what this script prints, so no mail means that the file is up to date, or will be soon. What hardcall said at the
# last run is in FILE.log. A file that has never been made has two days for its first success, from the first run on.
set -u

usage() {
  echo "usage: $0 FILE run -- COMMAND [ARGUMENTS...], or $0 FILE claude [OPTIONS...] PROMPT" >&2
  exit 2
}
[ $# -ge 3 ] && [ -n "$1" ] || usage
file=$1
kind=$2
shift 2
case $kind in run | claude) ;; *) usage ;; esac

folder=$(cd "$(dirname "$0")" && pwd)
while [ -n "$folder" ]; do
  PATH=$PATH:$folder/node_modules/.bin
  folder=${folder%/*}
done
for program in node hardcall; do
  command -v "$program" >/dev/null && continue
  echo "$program is not on PATH, so $file is unchanged. Set PATH in the crontab, as the head of $0 shows." >&2
  exit 127
done
# Before the call: what it says afterwards would be lost.
if ! true >"$file.log"; then
  echo "$file cannot be written, so nothing was started" >&2
  exit 2
fi

# HARDCALL_CRON_JOB_TIMEOUT=1h in the crontab overrides the timeout.
output=$(hardcall "$kind" --name cron-job --timeout 10m "$@" 2>"$file.log")
code=$?

case $code in
  0)
    # mv replaces the file in one step, so a reader never sees half of it.
    if printf '%s\n' "$output" >"$file.part" && mv "$file.part" "$file"; then
      rm -f "$file.waits"
      exit 0
    fi
    rm -f "$file.part"
    echo "$file is unchanged: it could not be written, although the call succeeded" >&2
    exit 74
    ;;
  75)
    # Temporary: a rate limit, an overload, no network. The next run may succeed, so stay silent while the file is fresh.
    [ -e "$file" ] || [ -e "$file.waits" ] || true >"$file.waits"
    [ -n "$(find "$file" "$file.waits" -mtime -2 2>/dev/null)" ] && exit 0
    [ -e "$file" ] && age="is older than two days" || age="is not there after two days"
    echo "$file $age: the service has been unavailable at every run since" >&2
    ;;
  124)
    echo "$file is unchanged: the command took too long, so hardcall ended it and every process it had started" >&2
    ;;
  65)
    echo "$file is unchanged: the command reported success, but its output is blank or incomplete" >&2
    ;;
  *)
    echo "$file is unchanged" >&2
    ;;
esac
cat "$file.log" >&2
exit "$code"
