package compose

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"example.com/breakglass/names"
	"example.com/breakglass/watch"
)

var placeholder = regexp.MustCompile(`<([A-Za-z]+)>`)

// entryIs stands before the ID of an entry in what choice returns, and entryEnds behind its texts.
const entryIs, entryEnds = "$in.entry='", ") :"

// repeated are parts of texts that more than one message has, by their JSONata: the variables that hold them.
type repeated map[string]string

// parts returns what messages may share: a subject, and what to do.
func parts(e watch.Entry, m watch.Message) []string {
	return []string{concat(m.Subject), concat(e.ToDo(m))}
}

// repeats returns the JSONata that sets variables to what several messages of the entries have in common, and those variables. Each
// byte of a text takes one from the names of accounts.
func (t Texts) repeats() (string, repeated) {
	count, order := map[string]int{}, []string{}
	for _, e := range t.Entries {
		for _, m := range e.Messages {
			for _, part := range parts(e, m) {
				if count[part]++; count[part] == 2 {
					order = append(order, part)
				}
			}
		}
	}
	var b strings.Builder
	shared := repeated{}
	for i, part := range append(order, factList(watch.OfCall), factList(watch.OnIAM)) {
		shared[part] = "$s" + strconv.Itoa(i)
		b.WriteString(shared[part] + ":=" + part + ";")
	}
	return b.String(), shared
}

// of returns a part of a text, or the variable that holds it.
func (r repeated) of(part string) string {
	if held, ok := r[part]; ok {
		return held
	}
	return part
}

// facts returns the facts of a message, with the variables that hold those of a call, which come first, and of a change in IAM, which
// come last.
func (r repeated) facts(all []watch.Fact) string {
	if n := len(watch.OfCall); len(all) > n && slices.Equal(all[:n], watch.OfCall) {
		return "$append(" + r.of(factList(watch.OfCall)) + "," + r.facts(all[n:]) + ")"
	}
	own := len(all) - len(watch.OnIAM)
	if own < 0 || !slices.Equal(all[own:], watch.OnIAM) {
		return factList(all)
	}
	if own == 0 {
		return r.of(factList(watch.OnIAM))
	}
	return "$append(" + factList(all[:own]) + "," + r.of(factList(watch.OnIAM)) + ")"
}

// choice returns the JSONata that chooses the text of an event by its entry and the conditions of the entry's messages.
func (t Texts) choice(shared repeated) string {
	var b strings.Builder
	if slices.ContainsFunc(t.Entries, func(e watch.Entry) bool { return e.ID == watch.TopicChange }) {
		b.WriteString("$in.queue=true?" + shared.text(watch.Entry{ID: watch.TopicChange}, watch.QueueOfDrill) + ":")
	}
	for _, e := range t.Entries {
		messages := e.Messages
		b.WriteString(entryIs + strings.TrimPrefix(quote(e.ID), "'") + "?(")
		for i, m := range messages {
			if i < len(messages)-1 {
				b.WriteString(t.condition(m.When) + "?")
			}
			b.WriteString(shared.text(e, m))
			if i < len(messages)-1 {
				b.WriteString(":")
			}
		}
		b.WriteString(entryEnds)
	}
	// An entry that this composer does not know, of another version of the project, still makes sense to a reader.
	unknown := watch.Message{
		Subject: "<call> by <user>",
		What:    "A watched event happened that this version of the composer has no text for.",
		Facts:   []watch.Fact{{Label: "Call", Value: "<call>"}, {Label: "Service", Value: "<service>"}},
	}
	b.WriteString(shared.text(watch.Entry{ID: "unknown", Response: watch.StopPlace}, unknown))
	return b.String()
}

func (t Texts) condition(c watch.Condition) string {
	path := "$e." + c.Path
	if c.In == nil {
		return "$exists($first([" + path + "]))"
	}
	var list []string
	for _, value := range c.In(t.Scope) {
		list = append(list, quote(value))
	}
	return path + " in [" + strings.Join(list, ", ") + "]"
}

// factList returns facts as JSONata: pairs of a label and a value.
func factList(facts []watch.Fact) string {
	all := make([]string, len(facts))
	for i, f := range facts {
		all[i] = "[" + quote(f.Label) + "," + concat(f.Value) + "]"
	}
	return "[" + strings.Join(all, ",") + "]"
}

// common are the facts that every message has.
var common = []watch.Fact{
	{Label: "Who", Value: "<user>"}, {Label: "From account", Value: "<callerAccount>"}, {Label: "Account", Value: "<account>"},
	{Label: "Region", Value: "<region>"}, {Label: "Time", Value: "<time>"}, {Label: "From address", Value: "<address>"},
	{Label: "User agent", Value: "<agent>"}, {Label: "MFA", Value: "<mfa>"}, {Label: "Result", Value: "<result>"},
}

// text returns what a message says, without what most messages share, that an alert is about the alerting and the instructions, and
// without spaces: what it takes, it takes from the names of accounts.
func (r repeated) text(e watch.Entry, m watch.Message) string {
	members := []string{"'subject':" + r.of(concat(m.Subject)), "'what':" + concat(m.What), "'facts':" + r.facts(m.Facts), "'todo':" + r.of(concat(e.ToDo(m)))}
	if s := e.Severity(); s != watch.High {
		members = append(members, "'severity':"+quote(string(s)))
	}
	if m.OnlyFirst {
		members = append(members, "'alone':true")
	}
	if m.After != "" {
		members = append(members, "'after':"+concat(m.After))
	}
	if m.Note != "" {
		members = append(members, "'note':"+concat(m.Note))
	}
	return "{" + strings.Join(members, ",") + "}"
}

// instant matches the time that EventBridge writes, as far as every $toMillis takes it: of a day that no month has, some make the next
// one, and others fail. Without a leap day, a ledger command of that day has no time to begin at.
const instant = "/^20[0-9]{2}-((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$/"

// look returns the lines that say where to look an event up.
func (t Texts) look() string {
	// A drill has the ID that its sender gave it, and somebody pastes the command into a shell.
	return `(
  $id := $replace($clean($d.eventID, 64), /[^0-9A-Za-z.-]/, '?');
  $at := $clean($e.region, 30);
  $found := $exists($id) ? $id : $clean($e.id, 64);
  $from := $pick([$d.eventTime, $e.time], 40);
  $since := $exists($from) and $contains($from, ` + instant + `) ? ' --start-time ' & $string($toMillis($from)) : '';
  $append(
    $exists($id) ? [
      'CloudTrail event ID: ' & $id,
      'https://' & $at & '.console.aws.amazon.com/cloudtrailv2/home?region=' & $at & '#/events/' & $id
    ] : $exists($found) ? ['EventBridge event ID: ' & $found] : [],
    ` + quote("Ledger: aws logs filter-log-events --region "+t.Region+" --log-group-name "+names.Ledger) + ` &
    $since & ' --filter-pattern \u0027"' & $found & '"\u0027'
  )
)`
}

// concat returns the JSONata expression of a text with <field> in it.
func concat(text string) string {
	var parts []string
	for last := 0; ; {
		at := placeholder.FindStringSubmatchIndex(text[last:])
		if at == nil {
			if last < len(text) || len(parts) == 0 {
				parts = append(parts, quote(text[last:]))
			}
			return strings.Join(parts, "&")
		}
		if at[0] > 0 {
			parts = append(parts, quote(text[last:last+at[0]]))
		}
		if text[last+at[0]:last+at[1]] == watch.StopPlace {
			parts = append(parts, "$stop")
		} else {
			parts = append(parts, "$f."+text[last+at[2]:last+at[3]])
		}
		last += at[1]
	}
}

// quote returns a text as a JSONata string, in apostrophes. JSONata has no escaped apostrophe.
func quote(text string) string {
	return "'" + quoted.Replace(text) + "'"
}

var quoted = strings.NewReplacer(`\`, `\\`, `'`, `\u0027`, "\n", `\n`, "\t", `\t`)
