package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/lipgloss"

	"example.com/breakglass/internal/screen"
	"example.com/breakglass/operate/credentials"
	"example.com/breakglass/operate/exercise"
	"example.com/breakglass/operate/seal"
	"example.com/breakglass/plan"
)

const widthFile = `version: 1
hub: {account: "111111111111", standby: eu-west-1}
alerts: {email: [security-team@example.com, somebody-with-a-long-address@example.com]}
users: [{name: BreakglassUser, accessKey: sealed}]
credentials: {passwordHolders: [age1lvhw59lx93wpa96g8t9l96lx4qfk9p837whhwd0ddtghytms9e3sccd3v9], mfaHolders: [age1qlqp9llgttsgkrh3595a7svmenhnfpmspnapqynjgrwt7jmaxc8qvg7v9x]}
userAccess: {managedPolicies: [SignInLocalDevelopmentAccess]}
targets: [{account: "222222222222", name: production}, {account: "333333333333", managedPolicies: [SecurityAudit]}]
`

// TestTheWorstDayFitsANarrowTerminal: what a person reads then breaks between words, and only what has no space in it is wider.
func TestTheWorstDayFitsANarrowTerminal(t *testing.T) {
	config := filepath.Join(t.TempDir(), "breakglass.yaml")
	if err := os.WriteFile(config, []byte(widthFile), 0o600); err != nil {
		t.Fatal(err)
	}
	spoken := func(args ...string) func(*bytes.Buffer) {
		return func(out *bytes.Buffer) {
			run(t.Context(), append(args, "--config", config), strings.NewReader(""), out, out)
		}
	}
	drawn := func(draw func(*screen.Screen)) func(*bytes.Buffer) {
		return func(out *bytes.Buffer) { draw(screen.New(out, out, false)) }
	}
	p, err := plan.Load(config)
	if err != nil {
		t.Fatal(err)
	}
	exercised, err := exercise.New(p, exercise.Options{Way: exercise.Login, Accounts: []string{"production"}, People: true, Wait: time.Hour}, "name")
	if err != nil {
		t.Fatal(err)
	}
	header := &seal.Header{Kind: seal.MFA, User: "BreakglassUser", Account: "111111111111"}
	for name, print := range map[string]func(*bytes.Buffer){
		"card": spoken("card"), "runbook": spoken("runbook"), "ways": spoken("enter", "production"), "an error": spoken("enter", "nowhere"),
		"dry run": spoken("enter", "production", "--key", "-", "--dry-run"),
		"doubt":   spoken("enter", "444444444444", "--key", "-", "--dry-run"),
		"exercise": drawn(func(s *screen.Screen) {
			printExercise(s, exercised)
			printEvidence(s, &exercise.Evidence{
				Results: []exercise.Result{{
					Step:    exercised.Steps[0],
					Missing: []string{"no ledger has a record: it was not done, or CloudTrail is late (breakglass check --config somewhere/else.yaml)"},
				}},
				Notes:    []string{"nobody typed the event ID of an alert: if it was sent, look at the subscriptions and the mailbox"},
				CloseOut: []string{"Replace and reseal them: breakglass credentials rotate BreakglassUser --folder FOLDER --profile hub"},
			})
		}),
		"status": drawn(func(s *screen.Screen) {
			printStates(s, []credentials.State{
				{User: "BreakglassUser", Kind: seal.MFA, ID: "arn:aws:iam::111111111111:mfa/BreakglassUser", Set: time.Now(), Due: time.Now()},
				{
					User: "BreakglassUser", Kind: seal.Password,
					Problems: []string{"it is due since 2026-11-27: breakglass credentials rotate BreakglassUser --only password"},
					Notes:    []string{"it may have been changed since: reading the credential report: no answer"},
				},
			})
		}),
		"verify": drawn(func(s *screen.Screen) {
			printChecked(s,
				[]*credentials.Checked{{
					File: "sealed/BreakglassUser-mfa-20261126T150405Z.sealed", Header: header,
					Problems: []string{"its role is not that of breakglass.yaml any more, so that it opens nothing there"},
				}})
		}),
		"made": drawn(func(s *screen.Screen) {
			(&credentialsRun{out: s}).made(&credentials.Result{
				Header: seal.Header{Kind: seal.MFA, Device: "arn:aws:iam::111111111111:mfa/BreakglassUser"}, File: "sealed/BreakglassUser-mfa-20261126T150405Z.sealed",
				Void: []string{"an older file of it"},
			})
		}),
	} {
		t.Setenv("COLUMNS", "")
		var whole bytes.Buffer
		print(&whole)
		for _, width := range []int{60, 80} {
			t.Setenv("COLUMNS", strconv.Itoa(width))
			var narrow bytes.Buffer
			print(&narrow)
			if err := fits(narrow.String(), width); err != nil || narrow.Len() < 50 {
				t.Errorf("%s in %d columns: %v\n%s", name, width, err, &narrow)
			}
			if name == "card" || name == "runbook" || name == "status" {
				continue // tables have another form
			}
			if got, want := wordsOf(narrow.String()), wordsOf(whole.String()); !slices.Equal(got, want) {
				t.Errorf("%s in %d columns: the words are\n%q, want\n%q", name, width, got, want)
			}
		}
	}
}

// fits reports lines that are wider than width although they could have been broken.
func fits(text string, width int) (err error) {
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if lipgloss.Width(line) > width && len(strings.Fields(strings.TrimLeft(line, "-✓✗ "))) > 1 {
			err = errors.Join(err, fmt.Errorf("%d in %q", lipgloss.Width(line), line))
		}
	}
	return err
}

// wordsOf returns the words of a text, without the signs that a command goes on.
func wordsOf(text string) []string {
	return slices.DeleteFunc(strings.Fields(text), func(word string) bool { return word == `\` })
}
