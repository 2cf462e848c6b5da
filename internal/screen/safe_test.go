package screen

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
)

// Whatever AWS or another administrator wrote, it moves no cursor, paints nothing, and turns no text around.
func TestControlCharactersAreEscaped(t *testing.T) {
	const bad = "a\x1b[2Jb\x1b]0;title\x07c\rd\u009be\u202ef\u2066g\x00h"
	const want = `a\u001b[2Jb\u001b]0;title\u0007c\u000dd\u009be\u202ef\u2066g\u0000h`
	var out, errs bytes.Buffer
	s := New(&out, &errs, false)
	s.Line("%s", bad)
	s.Table([]string{"A", "B"}, [][]string{{bad, "x"}})
	s.Warn("%s", bad)
	for _, text := range []string{out.String(), errs.String()} {
		if strings.ContainsFunc(text, hidden) || !strings.Contains(text, want) {
			t.Errorf("%q", text)
		}
	}
	if n := strings.Count(out.String(), want); n != 2 {
		t.Errorf("%d of 2 are shown: %q", n, &out)
	}
	out.Reset()
	if err := New(&out, &errs, true).Value(map[string]string{"a": bad}); err != nil {
		t.Fatal(err)
	}
	var back map[string]string
	if err := json.Unmarshal(out.Bytes(), &back); err != nil || back["a"] != bad || strings.ContainsFunc(out.String(), hidden) {
		t.Errorf("%v: %q", err, &out)
	}
	if text := "äöü ✓ 日本\n\tx"; Escape(text) != text {
		t.Errorf("%q", Escape(text))
	}
}

// A screen's own colours are shown, those of others are not.
func TestOwnColours(t *testing.T) {
	var out bytes.Buffer
	s := New(&out, &bytes.Buffer{}, false)
	s.colours = true
	s.Line("%s %s", s.Mark(true), "\x1b[32m✓\x1b[0m")
	if want := "\x1b[32m✓\x1b[0m \\u001b[32m✓\\u001b[0m\n"; out.String() != want {
		t.Errorf("%q, want %q", &out, want)
	}
	out.Reset()
	s.Table([]string{" ", "NAME"}, [][]string{{s.Mark(true), "x"}})
	if want := "   NAME\n\x1b[32m✓\x1b[0m  x\n"; out.String() != want {
		t.Errorf("%q, want %q", &out, want)
	}
}

// Standard error that goes to a file has no colours, though standard output is a terminal.
func TestNoColoursInAFileOfErrors(t *testing.T) {
	for plain, want := range map[bool]string{true: "note: a \\u001b[32m b\n", false: "\x1b[33mnote:\x1b[0m a \\u001b[32m b\n"} {
		var errs bytes.Buffer
		s := New(&bytes.Buffer{}, &errs, false)
		s.colours, s.plainErr = true, plain
		if s.WarnNote("a %s b", "\x1b[32m"); errs.String() != want {
			t.Errorf("%q, want %q", &errs, want)
		}
		errs.Reset()
		if s.Warn("%s", s.Paint(Red, "m")); strings.Contains(errs.String(), "\x1b") == plain || !strings.Contains(errs.String(), "m") {
			t.Errorf("%q", &errs)
		}
	}
}

// NO_COLOR is that of no-color.org; a dumb terminal prints what should colour.
func TestWhoWantsNoColours(t *testing.T) {
	for _, c := range []struct {
		no, term string
		want     bool
	}{{"", "xterm", true}, {"1", "xterm", false}, {"", "dumb", false}, {"", "", true}} {
		t.Setenv("NO_COLOR", c.no)
		t.Setenv("TERM", c.term)
		if wanted() != c.want {
			t.Errorf("NO_COLOR=%s TERM=%s: %v", c.no, c.term, !c.want)
		}
		var file bytes.Buffer
		if New(&file, &file, false).colours {
			t.Errorf("NO_COLOR=%s TERM=%s: a file has colours", c.no, c.term)
		}
	}
}

// A clock that went on would wipe the question, and nobody would know what is waited for.
func TestAQuestionStaysWhileSomethingTakesLong(t *testing.T) {
	var errs bytes.Buffer
	s := New(&bytes.Buffer{}, &errs, false)
	s.live = true
	s.Begin(3, "listing")
	s.Aside(func() {
		if !strings.HasSuffix(errs.String(), "listing\r\x1b[K") {
			t.Errorf("before the question: %q", &errs)
		}
		errs.Reset()
		s.Step("one")
		if errs.Len() > 0 {
			t.Errorf("over the question: %q", &errs)
		}
	})
	if !strings.Contains(errs.String(), "  "+strings.Repeat("█", barWidth/3)+strings.Repeat("░", barWidth*2/3)+" 1/3") {
		t.Errorf("after the answer: %q", &errs)
	}
	s.End()
	errs.Reset()
	if s.Line("all is said"); errs.Len() > 0 {
		t.Errorf("after the end: %q", &errs)
	}
}

func TestAClockOnWhatTakesLong(t *testing.T) {
	var errs bytes.Buffer
	s := New(&bytes.Buffer{}, &errs, false)
	s.live = true
	s.Begin(3, "compiling the app")
	if strings.Contains(errs.String(), " s ") {
		t.Errorf("at the beginning: %q", &errs)
	}
	s.began = time.Now().Add(-75 * time.Second)
	s.Step("one")
	if !strings.Contains(errs.String(), "1/3  75 s  one") {
		t.Errorf("%q", &errs)
	}
	s.End()
	s.End() // whoever ends what has ended does no harm

	// In a log, a line each half minute.
	errs.Reset()
	s = New(&bytes.Buffer{}, &errs, false)
	stop := make(chan struct{})
	s.what, s.total, s.began = "compiling the app", 3, time.Now().Add(-75*time.Second)
	done := make(chan struct{})
	go func() { s.tick(stop, time.Millisecond); close(done) }()
	time.Sleep(50 * time.Millisecond)
	close(stop)
	<-done
	if line, _, _ := strings.Cut(errs.String(), "\n"); line != "… compiling the app: 1m15s, 0 of 3" {
		t.Errorf("%q", &errs)
	}
}

// full is a disk without room: it takes some of a text.
type full struct{ room int }

var errFull = errors.New("no space left on device")

func (f *full) Write(text []byte) (int, error) {
	n := min(f.room, len(text))
	if f.room -= n; n < len(text) {
		return n, errFull
	}
	return n, nil
}

func TestWhatWasNotPrintedIsLost(t *testing.T) {
	s := New(&full{room: 8}, &bytes.Buffer{}, false)
	s.Line("one")
	if err := s.Lost(); err != nil {
		t.Error(err)
	}
	s.Line("another line")
	if err := s.Lost(); !errors.Is(err, errFull) {
		t.Error(err)
	}
	s.out.Writer = &bytes.Buffer{}
	s.Line("a third")
	if err := s.Lost(); !errors.Is(err, errFull) {
		t.Errorf("what fits later hides what was lost: %v", err)
	}
}
