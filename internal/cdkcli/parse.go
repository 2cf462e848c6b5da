package cdkcli

import (
	"regexp"
	"strconv"
	"time"
)

// The lines that mark progress, as CDK CLI 2.1148.1 prints them. A stack of a stage is "Stage/Stack (Stage-Stack)". Why a
// stack failed is not read here: CloudFormation can be asked, and its answer has a form.
var (
	synthesized = regexp.MustCompile(`^✨\s+Synthesis time: ([0-9.]+)s`)
	started     = regexp.MustCompile(`^(?:.+ \()?([^()]+?)\)?: (?:deploying|destroying)\.\.\. \[(\d+)/(\d+)\]$`)
	done        = regexp.MustCompile(`^✅\s+(?:\S+ \()?([^()\s]+?)\)?(?:: destroyed)?( \(no changes\))?$`)
)

// parser turns the CLI's lines into events.
type parser struct {
	action string
	now    func() time.Time
	emit   func(Event)
	began  map[string]time.Time
}

func newParser(action string, emit func(Event)) *parser {
	return &parser{action: action, now: time.Now, emit: emit, began: map[string]time.Time{}}
}

func (p *parser) line(text string) {
	if m := synthesized.FindStringSubmatch(text); m != nil {
		seconds, _ := strconv.ParseFloat(m[1], 64)
		p.emit(Event{Kind: Synthesized, Action: p.action, Took: time.Duration(seconds * float64(time.Second))})
	} else if m := started.FindStringSubmatch(text); m != nil {
		index, _ := strconv.Atoi(m[2])
		total, _ := strconv.Atoi(m[3])
		p.began[m[1]] = p.now()
		p.emit(Event{Kind: Started, Action: p.action, Stack: m[1], Index: index, Total: total})
	} else if m := done.FindStringSubmatch(text); m != nil {
		e := Event{Kind: Done, Action: p.action, Stack: m[1]}
		if m[2] != "" {
			e.Kind = Unchanged
		}
		if began, ok := p.began[m[1]]; ok {
			e.Took = p.now().Sub(began)
		}
		p.emit(e)
	}
}
