package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"example.com/breakglass/internal/child"
	"example.com/breakglass/internal/file"
	"example.com/breakglass/internal/screen"
)

// ran is how a command of the CLI ended.
type ran struct {
	done bool
	// code is its exit code, text what it printed.
	code int
	text string
	took time.Duration
}

// grace is how long a command may tidy up after Ctrl-C: a drill removes its queue.
const grace = time.Minute

// compile compiles the CLI as operators get it.
func (t *trial) compile(ctx context.Context) error {
	t.command = filepath.Join(t.folder, "breakglass")
	t.Out.Line("compiling the CLI (a minute the first time)")
	var last child.Tail
	build := child.Command("go", "build", "-o", t.command, "./cmd/breakglass")
	build.Dir, build.Stdout, build.Stderr = t.Root, &last, &last
	if err := child.Run(ctx, build); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, last.Last(20))
	}
	return nil
}

// flags returns the arguments of a command with the file and the credentials of the trial.
func (t *trial) flags(args ...string) []string {
	args = append(args, "--config", t.file)
	if t.profile != "" {
		args = append(args, "--profile", t.profile)
	}
	if t.targetProfile != "" {
		args = append(args, "--account-profile", t.target+"="+t.targetProfile)
	}
	return args
}

// breakglass runs a command of the CLI. What it prints is shown and saved. An error means that it did not end by itself.
func (t *trial) breakglass(ctx context.Context, args ...string) (ran, error) {
	args = t.flags(args...)
	t.Out.Line("\n%s", t.Out.Paint(screen.Bold, "$ breakglass "+strings.Join(args, " ")))
	var text bytes.Buffer
	shown := io.MultiWriter(&text, shower{t.Out})
	cmd := child.Command(t.command, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = t.Root, shown, shown
	began := time.Now()
	p, err := child.Start(cmd)
	if err != nil {
		return ran{}, err
	}
	select {
	case <-p.Done():
	case <-ctx.Done():
		p.Stop(grace)
	}
	r := ran{done: true, code: cmd.ProcessState.ExitCode(), text: text.String(), took: time.Since(began)}
	name := fmt.Sprintf("%s-%s.txt", time.Now().UTC().Format("150405"), args[0])
	if err := file.Write(filepath.Join(t.folder, name), text.Bytes()); err != nil {
		return r, err
	}
	return r, ctx.Err()
}

// shower prints what a command prints, line by line.
type shower struct{ out *screen.Screen }

func (s shower) Write(text []byte) (int, error) {
	for line := range strings.Lines(string(text)) {
		s.out.Line("  %s", strings.TrimRight(line, "\n"))
	}
	return len(text), nil
}

// read returns the content of a file that a command has written into the trial's folder.
func (t *trial) read(name string) ([]byte, error) { return os.ReadFile(filepath.Join(t.folder, name)) }
