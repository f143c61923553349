#!/bin/sh
# Replaces a file with what a command prints, or claude answers. The file is replaced as a whole, and only if the call
# succeeded.
#
# Try it:
#
#     npx -c './cron-job.sh report.txt run -- date'
#     cat report.txt
#
# In a crontab (PATH must contain hardcall, for example /srv/site/node_modules/.bin):
#
#     0 6 * * *  cd /srv/site && ./cron-job.sh report.txt run -- ./make-report --yesterday
#     0 7 * * *  cd /srv/site && ./cron-job.sh post.md claude --tools '' 'Write the post of the day'
#
# cron mails what this script prints, so no mail means that the file is up to date.
set -u

if [ $# -lt 3 ]; then
  echo "usage: $0 FILE run -- COMMAND [ARGUMENTS...], or $0 FILE claude [OPTIONS...] PROMPT" >&2
  exit 2
fi
file=$1
kind=$2
shift 2

# HARDCALL_CRON_JOB_TIMEOUT=1h in the crontab overrides the timeout.
output=$(hardcall "$kind" --name cron-job --timeout 10m "$@")
code=$?

case $code in
  0)
    # mv replaces the file in one step, so a reader never sees half of it.
    printf '%s\n' "$output" >"$file.part" && mv "$file.part" "$file"
    exit
    ;;
  75)
    # Temporary: a rate limit, an overload, no network. The next run may succeed, so stay silent while the file is fresh.
    [ -n "$(find "$file" -mtime -2 2>/dev/null)" ] && exit 0
    echo "$file is older than two days: the service has been unavailable at every run since" >&2
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
exit "$code"
