package main

import (
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
)

// TestTheStandbyIsAskedWhereTheHubDoesNotAnswer: check and drill are for the day on which the hub's Region is gone.
func TestTheStandbyIsAskedWhereTheHubDoesNotAnswer(t *testing.T) {
	defer func(before func(context.Context, string, string) (*account.Caller, error)) { loadCaller = before }(loadCaller)
	gone := account.Explain(&net.OpError{Op: "dial", Err: errors.New("connection reset")}, "asking")
	for name, c := range map[string]struct {
		standby, region string
		fails           error
		want            []string
	}{
		"it answers":                       {"us-west-2", "", nil, []string{"us-east-1"}},
		"it does not":                      {"us-west-2", "", gone, []string{"us-east-1", "us-west-2"}},
		"it takes too long":                {"us-west-2", "", context.DeadlineExceeded, []string{"us-east-1", "us-west-2"}},
		"it refuses":                       {"us-west-2", "", errors.New("ExpiredToken"), []string{"us-east-1"}},
		"there is no standby":              {"", "", gone, []string{"us-east-1"}},
		"a Region is chosen, and no other": {"us-west-2", "eu-west-1", gone, []string{"eu-west-1"}},
	} {
		var asked []string
		loadCaller = func(_ context.Context, _, region string) (*account.Caller, error) {
			asked = append(asked, region)
			if region == "us-west-2" {
				return &account.Caller{}, nil
			}
			return &account.Caller{}, c.fails
		}
		file := &config.Config{Hub: config.Hub{Account: "111111111111", Region: "us-east-1", Standby: c.standby}}
		_, _, err := (&flags{region: c.region}).keys(t.Context(), file)
		if !slices.Equal(asked, c.want) || (err == nil) != (c.fails == nil || len(c.want) > 1) {
			t.Errorf("%s: it asks %q, %v", name, asked, err)
		}
	}
}

// shared is what two goroutines write and read.
type shared struct {
	mutex sync.Mutex
	text  strings.Builder
}

func (s *shared) Write(text []byte) (int, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.text.Write(text)
}

func (s *shared) String() string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.text.String()
}

// Credentials may take long: a Region that hangs, or a program that opens a browser.
func TestAPersonIsToldWhatIsWaitedFor(t *testing.T) {
	usual, wait := loadCaller, longWait
	t.Cleanup(func() { loadCaller, longWait = usual, wait })
	longWait = nil // at once
	var errs shared
	loadCaller = func(ctx context.Context, _, _ string) (*account.Caller, error) {
		for range 6000 {
			if strings.Contains(errs.String(), "\n") {
				return nil, errors.New("no usable credentials")
			}
			time.Sleep(10 * time.Millisecond)
		}
		return nil, errors.New("nothing was said")
	}
	for _, command := range []string{"check", "regions", "proof"} {
		errs.text.Reset()
		run(t.Context(), []string{command, "--config", "../../breakglass.yaml"}, strings.NewReader(""), io.Discard, &errs)
		if want := "… asking AWS whose credentials these are\nno usable credentials\n"; errs.String() != want {
			t.Errorf("%s: %q", command, errs.String())
		}
	}
}
