//go:build emulator

// These tests install both versions of the AWS CLI and start LocalEmu: go test -tags emulator ./prove/awscli

package awscli

import (
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/prove/emulator"
	"example.com/breakglass/prove/local/localtest"
)

// TestLiveDocuments runs every command of the documents, as a person pastes it, with both versions of the CLI. What the local AWS does not
// implement gets an empty answer, so that at least the command is valid and reaches the right service and Region.
func TestLiveDocuments(t *testing.T) {
	server, all := localtest.Start(t, root), versions(t)
	commands, err := InDocuments(root, services(t, all))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range all {
		t.Run(v.String(), func(t *testing.T) {
			p, seen := newPerson(t, v, newWire(t, server.URL())), map[string]bool{}
			ran, answered, passwords := 0, 0, 0
			for _, c := range commands {
				if c.Mentioned() || onlyLater.MatchString(c.Text) || seen[c.Text] {
					continue
				}
				seen[c.Text] = true
				if strings.Contains(c.Text, "create-login-profile") {
					taken(t, p, server, c)
					passwords++
				}
				text, o := p.paste(t, server, c)
				p.fine(t, c, text, o)
				for _, call := range o.calls {
					if ran++; call.answered {
						answered++
					}
				}
			}
			illegible(t, p, server)
			t.Logf("%d requests, %d of them answered by the local AWS", ran, answered)
			if ran < 60 || answered < 45 || passwords == 0 {
				t.Error("that is too few: does the test still find the commands?")
			}
		})
	}
}

// variables are those that an example takes from the one before it on the same page.
var variables = map[string]string{"set": "BreakGlass-Role-ou-ab12-11111111", "as": "DELEGATED_ADMIN"}

// paste runs a command of the documents against what it is about.
func (p *person) paste(t *testing.T, server *emulator.Server, c Command) (string, outcome) {
	t.Helper()
	w := prepare(t, server, c.Text)
	for name, value := range w.values {
		w.values[name] = strings.ReplaceAll(value, server.URL(), p.wire.URL) // version 1 goes to the address of a queue
	}
	text, err := Fill(c, with(w.values))
	if err != nil {
		t.Fatal(err)
	}
	for from, to := range w.examples {
		text = strings.ReplaceAll(text, from, to)
	}
	for name, value := range variables {
		if strings.Contains(text, "$"+name+" ") && !strings.Contains(text, name+"=") {
			text = name + "=" + value + "\n" + text
		}
	}
	account := hub
	if strings.Contains(text, "aws organizations ") {
		account = management
	}
	p.profiles(account)
	return text, p.run(t, text+"\n")
}

// fine fails unless all calls of the CLI went well, in a Region that the command names, and each secret is on the screen as it is.
func (p *person) fine(t *testing.T, c Command, text string, o outcome) {
	t.Helper()
	complain := func(what string) {
		t.Helper()
		t.Errorf("%s, %v: %s\n%s\nshows\n%s", c.At, p, what, text, o.shown)
	}
	if len(o.called) == 0 || len(o.calls) == 0 {
		complain("no call of the CLI, or no request")
	}
	for _, call := range o.called {
		if !strings.HasPrefix(call, "0 ") {
			complain("failed: " + call)
		}
	}
	for _, call := range o.calls {
		if !slices.Contains(global, call.service) && !strings.Contains(text, call.region) {
			complain("it does not say which Region: " + call.String())
		}
	}
	for _, fault := range hidden(o) {
		complain(fault)
	}
}

// hidden returns the secrets that a person cannot read off the screen, because something else is glued to them, or written over them.
func hidden(o outcome) (faults []string) {
	for _, call := range o.calls {
		for _, secret := range call.secrets {
			if !slices.Contains(strings.Fields(o.shown), secret) {
				faults = append(faults, "the secret of "+call.String()+" is not legible: "+secret)
			}
		}
	}
	return faults
}
