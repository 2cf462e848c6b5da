package main

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"time"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/screen"
)

// begin starts what takes AWS minutes.
func (t *trial) begin(ctx context.Context) {
	for _, q := range questions {
		if q.begin == nil || t.leftOut(q) != "" {
			continue
		}
		if err := q.begin(ctx, t); err != nil && ctx.Err() == nil {
			t.Out.Line("%s %s: %v", t.Out.Mark(false), q.id, account.Explain(err, "preparing the question"))
		}
	}
}

// answer asks a question. What has no answer is printed, and stays open.
func (t *trial) answer(ctx context.Context, q question) {
	out := t.Out
	out.Line("\n%s %s", out.Paint(screen.Bold, q.id+":"), q.text)
	if why := t.leftOut(q); why != "" {
		out.Line("  skipped %s: %s", q.id, why)
		return
	}
	text, err := q.answer(ctx, t)
	switch {
	case errors.Is(err, errDeclined):
		out.Line("  left out %s", q.id)
	case err != nil:
		out.Line("  %s no answer to %s: %v", out.Mark(false), q.id, err)
	default:
		text = t.redacted(text)
		out.Line("  %s %s", out.Mark(true), text)
		t.answers[q.id] = given{Answer: text, Date: time.Now().UTC().Format(time.DateOnly)}
	}
}

// leftOut returns why a question is not asked in this run; empty if it is.
func (t *trial) leftOut(q question) string {
	switch {
	case t.Local && q.by == aPerson:
		return "the local AWS has no console, and nobody to ask"
	case t.Local:
		return q.notLocal
	case q.second && t.hub == t.target:
		return "it needs a second account as the target"
	case q.mail && t.mail == "":
		return "no email address was given"
	}
	return ""
}

// redacted returns a text that may be published: no number of an account, no address.
func (t *trial) redacted(text string) string {
	pairs := []string{t.hub, "111111111111", t.target, "222222222222"}
	if t.mail != "" {
		pairs = append(pairs, t.mail, "security-team@example.com")
	}
	if t.monitor != "" {
		pairs = append(pairs, t.monitor, "https://example.com/monitor")
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// record writes the answers of a live run beside those of earlier ones.
func (t *trial) record() error {
	if t.Local || len(t.answers) == 0 {
		return nil
	}
	all, err := readAnswers(recorded)
	if err != nil {
		return err
	}
	for id, a := range t.answers {
		all[id] = a
	}
	page := filepath.Join(t.Root, "docs", "live.md")
	if err := writeAnswers(filepath.Join(t.Root, "prove", "live", "answers.json"), page, all); err != nil {
		return err
	}
	t.Out.Line("\n%d of %d questions answered, in docs/live.md: read it before you commit it", len(t.answers), len(questions))
	return nil
}
