// Command demo deploys the whole app to a local AWS and plays a break glass story there; make demo runs it. It needs Go, Node and
// Python 3.13, but no AWS account and no Docker. It may import everything, and leaves the local AWS to prove/local.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"example.com/breakglass/internal/cdkcli"
	"example.com/breakglass/internal/child"
	"example.com/breakglass/plan"
	"example.com/breakglass/prove/emulator"
	"example.com/breakglass/prove/local"
)

func main() {
	ctx, stop := emulator.WithSignals(context.Background())
	s := newScreen(os.Stdout)
	err := run(ctx, s)
	interrupted := ctx.Err() != nil
	stop()
	switch {
	case interrupted:
		s.note("Stopped. Nothing is left running.")
		os.Exit(130)
	case err != nil:
		fmt.Fprintln(os.Stderr, "\nmake demo:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, s *screen) error {
	root, err := os.Getwd()
	if err != nil {
		return err
	}
	if err := tools(ctx); err != nil {
		return err
	}
	s.chapter("Getting ready")
	app, cli, err := install(ctx, s, root)
	if err != nil {
		return err
	}
	begun := time.Now()
	server, err := emulator.Start(ctx, emulator.Options{Root: root})
	if err != nil {
		return err
	}
	defer server.Stop()
	s.step("a local AWS on %s", server.URL())

	r, err := local.New(root, filepath.Join("prove", "demo", "breakglass.yaml"), server, s.stackEvents())
	if err != nil {
		return err
	}
	r.App = app
	mailbox, err := r.NewMailbox(ctx, r.Config.Alerts.SQS[0])
	if err != nil {
		return err
	}
	p := plan.Of(r.Config)
	s.stacks = len(p.Placements)
	s.chapter(fmt.Sprintf("cdk deploy --all: %d stacks, %d Regions, 3 accounts", len(p.Placements), len(r.Config.Regions)))
	if err := r.Deploy(ctx); err != nil {
		return err
	}
	s.step("deployed in %.0f s", time.Since(begun).Seconds())
	if err := sealed(ctx, s, r); err != nil {
		return err
	}
	history, err := r.NewHistory()
	if err != nil {
		return err
	}
	defer history.Close()
	st := &stage{Run: r, history: history, began: begun}
	if err := story(ctx, s, st, mailbox); err != nil {
		return err
	}
	if err := reported(ctx, s, st, cli); err != nil {
		return err
	}
	s.chapter("The end")
	s.step("%.0f s from starting the local AWS to here; it is stopped now, and your files are unchanged", time.Since(begun).Seconds())
	s.note("Next: make test, then your own breakglass.yaml (docs/deploy.md).")
	return nil
}

// tools reports all missing tools together, before anything is downloaded.
func tools(ctx context.Context) error {
	var missing []error
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			missing = append(missing, fmt.Errorf("%s is missing: install Node.js 22 or 24 (https://nodejs.org, or your system's package manager)", tool))
			break
		}
	}
	if _, err := emulator.FindPython(ctx); err != nil {
		missing = append(missing, err)
	}
	return errors.Join(missing...)
}

// install puts what the demo needs into the project's folder, while the app and the CLI are compiled, and returns these two.
func install(ctx context.Context, s *screen, root string) (app, cli string, err error) {
	app, cli = filepath.Join(root, ".local", "app"), filepath.Join(root, ".local", "breakglass")
	s.begins("compiling the app and the CLI (about a minute the first time)")
	all, ctx := errgroup.WithContext(ctx)
	all.Go(func() error { return compile(ctx, root, app, ".") })
	all.Go(func() error { return compile(ctx, root, cli, "./cmd/breakglass") })
	all.Go(func() error {
		if err := cdkcli.Install(ctx, root, s.begins); err != nil {
			return err
		}
		return emulator.Install(ctx, root, s.begins)
	})
	return app, cli, all.Wait()
}

// compile compiles a program, unless this version of it exists.
func compile(ctx context.Context, root, program, from string) error {
	build := child.Command("go", "build", "-ldflags", "-s -w", "-o", program, from)
	build.Dir = root
	var last child.Tail
	build.Stdout, build.Stderr = &last, &last
	if err := child.Run(ctx, build); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, last.Last(20))
	}
	return nil
}
