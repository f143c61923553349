#!/bin/sh
# Writes what a command prints, or claude answers, to a file, and never half of it. In a crontab:
#
#   0 6 * * *  cd /srv/site && ./cron-job.sh report.txt run -- ./make-report --yesterday
#   0 7 * * *  cd /srv/site && ./cron-job.sh post.md claude --tools '' 'Write the post of the day'
#
# cron mails what is printed here, so silence means that all is well.
set -u

if [ $# -lt 3 ]; then
  echo "usage: $0 FILE run -- COMMAND [ARGUMENTS...], or $0 FILE claude [OPTIONS...] PROMPT" >&2
  exit 2
fi
file=$1
kind=$2
shift 2

# HARDCALL_CRON_JOB_TIMEOUT=1h in the crontab gives it longer.
output=$(hardcall "$kind" --name cron-job --timeout 10m "$@")
code=$?

case $code in
  0)
    # Whole or not at all: who reads the file never sees half of it.
    printf '%s\n' "$output" >"$file.part" && mv "$file.part" "$file"
    exit
    ;;
  75)
    # It may work later, and tomorrow is later. That is fine only as long as something new keeps coming.
    [ -n "$(find "$file" -mtime -2 2>/dev/null)" ] && exit 0
    echo "$file is older than two days: the service has been unavailable at every try since" >&2
    ;;
  124)
    echo "$file keeps what it had: the command was ended, with all that it started, as it took too long" >&2
    ;;
  65)
    echo "$file keeps what it had: the command says that it worked, but its output is none" >&2
    ;;
  *)
    echo "$file keeps what it had" >&2
    ;;
esac
exit "$code"
