package cdkcli

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// What the CDK CLI prints, version 2.1148.1.
var (
	ansi        = regexp.MustCompile("\x1b\\[[0-9;]*m")
	synthesized = regexp.MustCompile(`^✨\s+Synthesis time: ([0-9.]+)s`)
	preparing   = regexp.MustCompile(`^(.+): creating CloudFormation changeset\.\.\.$`)
	started     = regexp.MustCompile(`^(.+): (?:deploying|destroying)\.\.\. \[(\d+)/(\d+)\]$`)
	done        = regexp.MustCompile(`^✅\s+(.+?)(?:: destroyed)?( \(no changes\))?$`)
	failed      = regexp.MustCompile(`^❌\s+(.+?)(?: failed to deploy|: destroy failed|: deploy failed| failed:)(.*)$`)
	headings    = regexp.MustCompile(`^(✨ .*|Outputs:|Stack ARN:|Failed resources:|arn:\S+:cloudformation:\S+|\S+ = .*)$`)
	hierarchy   = regexp.MustCompile(`^.+ \(([^()]+)\)$`) // Stage/Stack (Stage-Stack)
)

// parser turns the CLI's lines into events.
type parser struct {
	action string
	now    func() time.Time
	emit   func(Event)

	order  []string
	stacks map[string]*stack
	trail  []string // lines of no known form since the last one of a known form
	blamed *stack   // whom the trail is about
}

// stack is what is known of one stack.
type stack struct {
	name   string
	began  time.Time
	reason string // of the first resource that failed
	ended  bool
}

func newParser(action string, emit func(Event)) *parser {
	return &parser{action: action, now: time.Now, emit: emit, stacks: map[string]*stack{}}
}

func (p *parser) line(text string) {
	text = strings.TrimSpace(ansi.ReplaceAllString(text, ""))
	known := true
	if m := synthesized.FindStringSubmatch(text); m != nil {
		seconds, _ := strconv.ParseFloat(m[1], 64)
		p.emit(Event{Kind: Synthesized, Action: p.action, Took: time.Duration(seconds * float64(time.Second))})
	} else if m := preparing.FindStringSubmatch(text); m != nil {
		p.stack(m[1])
	} else if m := started.FindStringSubmatch(text); m != nil {
		index, _ := strconv.Atoi(m[2])
		total, _ := strconv.Atoi(m[3])
		p.emit(Event{Kind: Started, Action: p.action, Stack: p.stack(m[1]).name, Index: index, Total: total})
	} else if m := done.FindStringSubmatch(text); m != nil {
		kind := Done
		if m[2] != "" {
			kind = Unchanged
		}
		s := p.stack(m[1])
		p.end(s, kind, s.reason)
	} else if m := failed.FindStringSubmatch(text); m != nil {
		p.fail(p.stack(m[1]), strings.TrimSpace(m[2]))
	} else if !p.resource(text) {
		known = headings.MatchString(text) || p.stacks[text] != nil
	}
	switch {
	case known && failed.MatchString(text):
		p.trail = nil
	case known:
		p.trail, p.blamed = nil, nil
	case text != "" && !isNoise(text):
		p.trail = append(p.trail, text)
	}
}

// fail ends a stack at once when the reason is known, else when the lines that follow have told it.
func (p *parser) fail(s *stack, reason string) {
	p.blamed = s
	if s.reason != "" {
		reason = s.reason
	}
	if reason != "" {
		p.end(s, Failed, reason)
	}
}

// resource reads a line about one resource, "stack | 1/3 | time | STATUS | type | id reason", and remembers the first
// failure of each stack: the others follow from it. The summary of failed resources, which has no "1/3", comes when a
// stack has ended.
func (p *parser) resource(text string) bool {
	fields := strings.Split(text, "|")
	for i := range fields {
		fields[i] = strings.TrimSpace(fields[i])
	}
	for i := 2; i+2 < len(fields); i++ {
		status, kind := fields[i], fields[i+1]
		if !strings.Contains(kind, "::") || strings.ToUpper(status) != status {
			continue
		}
		id, reason, _ := strings.Cut(strings.Join(fields[i+2:], " | "), " ")
		s := p.stack(fields[0])
		if strings.HasSuffix(status, "_FAILED") && reason != "" && s.reason == "" && !strings.Contains(reason, "cancelled") {
			s.reason = id + " (" + kind + "): " + reason
		}
		if i == 2 && s.reason != "" && (status == "CREATE_FAILED" || status == "UPDATE_FAILED") {
			p.end(s, Failed, s.reason)
		}
		return true
	}
	return false
}

// Unfinished is the whole reason of a stack of which the CLI has said nothing more.
const Unfinished = "not finished when the CDK CLI stopped"

// finish ends the stacks the CLI has not spoken of again: after a failure it names one stack and leaves.
func (p *parser) finish(ok bool) {
	detail := strings.Join(p.trail, " ")
	for _, name := range p.order {
		s := p.stacks[name]
		if s.ended {
			continue
		}
		switch {
		case ok:
			p.end(s, Done, "the CDK CLI did not say how it ended")
		case s.reason != "":
			p.end(s, Failed, s.reason)
		case s == p.blamed && detail != "", len(p.order) == 1 && detail != "":
			p.end(s, Failed, detail)
		case detail != "" && p.blamed == nil:
			p.end(s, Failed, Unfinished+": "+detail)
		default:
			p.end(s, Failed, Unfinished)
		}
	}
}

func (p *parser) end(s *stack, kind Kind, reason string) {
	if s.ended {
		return
	}
	s.ended = true
	p.emit(Event{Kind: kind, Action: p.action, Stack: s.name, Took: p.now().Sub(s.began), Reason: reason})
}

// stack returns what is known of a stack, which begins when it is first spoken of.
func (p *parser) stack(name string) *stack {
	if m := hierarchy.FindStringSubmatch(name); m != nil {
		name = m[1]
	}
	s := p.stacks[name]
	if s == nil {
		s = &stack{name: name, began: p.now()}
		p.stacks[name] = s
		p.order = append(p.order, name)
	}
	return s
}

// isNoise tells lines that say nothing about a failure, though they may stand at the end.
func isNoise(text string) bool {
	return strings.HasPrefix(text, "Runtime process exited abnormally")
}
