# A user's tests of a script that calls claude.
@test "one call" {
  run env FAKE_CLAUDE_MODE=ok claude -p "Hello"
  [ "$status" -eq 0 ]
  [ -n "$output" ]
}

@test "one failure" {
  run env FAKE_CLAUDE_MODE=auth claude -p "Hello"
  [ "$status" -eq 1 ]
}

@test "one hang" {
  run env FAKE_CLAUDE_MODE=hang timeout 2 claude -p "Hello"
  [ "$status" -eq 124 ]
}
