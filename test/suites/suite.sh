#!/bin/sh
# A suite in POSIX sh against the fake claude: PATH has it first, and nothing is mocked.
set -u
PATH="$FAKE_BIN:$PATH"
export PATH FAKE_CLAUDE_MODE FAKE_CLAUDE_MAX_LIFETIME_MS=30000
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failures=0

check() { # what it is, what was found, what was wanted
  if [ "$2" = "$3" ]; then
    echo "ok - $1"
  else
    echo "not ok - $1: found '$2', wanted '$3'"
    failures=$((failures + 1))
  fi
}

FAKE_CLAUDE_MODE=fail
post=$(claude -p 'Write the post.' 2>"$folder/stderr" </dev/null)
check 'fail exits 1' $? 1
check 'fail prints nothing' "$post" ''
check 'fail says why on stderr' "$(cut -c 1-7 "$folder/stderr")" 'Error: '

FAKE_CLAUDE_MODE=empty
post=$(claude -p 'Write the post.' </dev/null)
check 'empty exits 0' $? 0
check 'empty captures nothing' "$post" ''

FAKE_CLAUDE_MODE=hang
claude -p 'Write the post.' --output-format stream-json --verbose >"$folder/events" </dev/null &
hanging=$!
tries=0
while [ ! -s "$folder/events" ] && [ $tries -lt 150 ]; do
  sleep 0.2
  tries=$((tries + 1))
done
kill -0 $hanging 2>/dev/null
check 'hang is still there' $? 0
kill -TERM $hanging
wait $hanging
check 'hang ends on SIGTERM' $? 143
check 'hang has no result' "$(grep -c '"type":"result"' "$folder/events")" 0

FAKE_CLAUDE_MODE=fail,ok
export FAKE_CLAUDE_STATE_DIR="$folder/state" FAKE_CLAUDE_LOG="$folder/log" FAKE_CLAUDE_TEXT='A post.'
post=$(claude -p 'Write the post.' 2>/dev/null </dev/null || claude -p 'Write the post.' </dev/null)
check 'the second try answers' "$post" 'A post.'
claude-verify "$folder/log" --calls 2 --modes fail,ok --all-used >/dev/null
check 'the log has both' $? 0

exit $failures
