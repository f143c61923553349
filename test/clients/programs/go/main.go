// A user's program that calls claude.
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

func ask(mode string, limit time.Duration) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	command := exec.CommandContext(ctx, "claude", "-p", "Hello")
	command.Env = append(os.Environ(), "FAKE_CLAUDE_MODE="+mode)
	text, err := command.Output()
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	return string(text), err
}

func main() {
	text, err := ask("ok", 30*time.Second)
	fmt.Println("ok", err == nil, strings.TrimSpace(text) != "")
	_, err = ask("auth", 30*time.Second)
	fmt.Println("auth", err)
	_, err = ask("hang", 2*time.Second)
	fmt.Println("hang", err)
}
