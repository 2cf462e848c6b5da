// Package judge runs independent judges of the app's output: EventBridge's own matcher for patterns, a simulator of IAM's
// evaluation for policies, cfn-lint and the CDK's validator for templates. Each is a third party's program, started as a separate
// process; none is linked into the product. Only tests import the package.
//
// A judge answers every case, or returns an error. A case that a judge could not read is an error of that case, never a "no": a
// test that expects a "no" has to check the error first, and is paired with one that expects a "yes".
package judge

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
)

// Finding is something a judge of templates objects to. Warnings are findings too.
type Finding struct {
	Template string // the file
	Rule     string // the judge's own id of the rule, for example E3002
	Level    string // in lower case: fatal, error, warning, info
	Message  string
	Path     string // where in the template, for example Resources/Topic/Properties/TopicName
}

// String returns the finding on one line.
func (f Finding) String() string {
	return fmt.Sprintf("%s: %s %s: %s (%s)", f.Template, f.Level, f.Rule, f.Message, f.Path)
}

// needed names a program that a judge starts, and where to get it.
type needed struct{ name, get string }

func (n needed) find() (string, error) {
	path, err := exec.LookPath(n.name)
	if err != nil {
		return "", fmt.Errorf("%s not found: %s", n.name, n.get)
	}
	return path, nil
}

// exitError is what a program that failed said about it.
type exitError struct {
	name   string
	err    error
	stderr string
}

func (e *exitError) Error() string { return fmt.Sprintf("%s: %v\n%s", e.name, e.err, e.stderr) }

func (e *exitError) Unwrap() error { return e.err }

// run starts a program in dir, feeds it and returns what it printed, also when it failed.
func run(ctx context.Context, dir string, stdin io.Reader, name string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Stdin = dir, stdin
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return stdout.Bytes(), &exitError{name, err, tail(stderr.String(), 4000)}
	}
	return stdout.Bytes(), nil
}

// tail returns the end of what a program printed: the reason of a failure comes last.
func tail(s string, n int) string {
	s = strings.TrimSpace(s)
	if len(s) > n {
		return "… " + s[len(s)-n:]
	}
	return s
}

// writeLines puts each case on a line of its own.
func writeLines[T any](cases []T) (io.Reader, error) {
	var lines bytes.Buffer
	enc := json.NewEncoder(&lines)
	enc.SetEscapeHTML(false)
	for i, c := range cases {
		if err := enc.Encode(c); err != nil {
			return nil, fmt.Errorf("case %d: %w", i, err)
		}
	}
	return &lines, nil
}

// readLines reads one answer a line and insists on exactly one for each case, in order.
func readLines[T any](output []byte, ids []string, id func(T) string) ([]T, error) {
	dec := json.NewDecoder(bytes.NewReader(output))
	answers := make([]T, 0, len(ids))
	for {
		var answer T
		err := dec.Decode(&answer)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("answer %d is unreadable: %w", len(answers), err)
		}
		answers = append(answers, answer)
	}
	if len(answers) != len(ids) {
		return nil, fmt.Errorf("%d answers to %d cases", len(answers), len(ids))
	}
	for i, want := range ids {
		if got := id(answers[i]); got != want {
			return nil, fmt.Errorf("answer %d is about %q, want %q", i, got, want)
		}
	}
	return answers, nil
}
