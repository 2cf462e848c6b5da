package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestTheRemovalOutlivesATerminal: this test runs itself, and then neither the second signal of a closed terminal nor lines that nobody
// reads end the removal; another Ctrl-C does.
func TestTheRemovalOutlivesATerminal(t *testing.T) {
	const as = "LIVE_TRIAL_STOPPED_BY"
	send := func(s syscall.Signal) { must(t, syscall.Kill(os.Getpid(), s)) }
	switch how := os.Getenv(as); how {
	case "hangup", "reader", "twice":
		ctx := untilStopped()
		if how == "hangup" {
			send(syscall.SIGHUP)
		}
		if how == "twice" {
			send(syscall.SIGINT)
		}
		if how == "reader" {
			fmt.Println("a line")
		}
		<-ctx.Done()
		removal := 50
		if how == "twice" {
			removal = 60_000
		}
		for range removal {
			switch how {
			case "hangup":
				send(syscall.SIGHUP)
			case "twice":
				send(syscall.SIGINT)
			}
			fmt.Println("a line")
			time.Sleep(time.Millisecond)
		}
		fmt.Fprintln(os.Stderr, "all is removed")
		return
	}
	for how, ends := range map[string]bool{"hangup": true, "reader": true, "twice": false} {
		if how == "hangup" && signal.Ignored(syscall.SIGHUP) { // as nohup does, for this test, too
			continue
		}
		reader, writer, err := os.Pipe()
		must(t, err)
		if how == "reader" {
			must(t, reader.Close())
		}
		var said bytes.Buffer
		again := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$")
		again.Env, again.Stdout, again.Stderr = append(os.Environ(), as+"="+how), writer, &said
		err = again.Run()
		if got := strings.Contains(said.String(), "all is removed"); got != ends {
			t.Errorf("%s: %v, %q", how, err, said.String())
		}
		must(t, writer.Close())
	}
}
