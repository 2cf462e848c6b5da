package compose

import (
	"regexp"
	"slices"
	"strings"

	"example.com/breakglass/names"
	"example.com/breakglass/watch"
)

var placeholder = regexp.MustCompile(`<([A-Za-z]+)>`)

// entryIs stands before the ID of an entry in what choice returns, and entryEnds behind its texts.
const entryIs, entryEnds = "$in.entry = '", ") :\n"

// choice returns the JSONata that chooses the text of an event by its entry and the conditions of the entry's messages.
func (t Texts) choice() string {
	var b strings.Builder
	if slices.ContainsFunc(t.Entries, func(e watch.Entry) bool { return e.ID == watch.TopicChange }) {
		b.WriteString("$in.queue = true ? " + t.text(watch.Entry{ID: watch.TopicChange}, watch.QueueOfDrill) + " :\n")
	}
	for _, e := range t.Entries {
		messages := e.Messages
		if len(messages) == 0 {
			continue
		}
		b.WriteString(entryIs + strings.TrimPrefix(quote(e.ID), "'") + " ? (")
		for i, m := range messages {
			if i < len(messages)-1 {
				b.WriteString(t.condition(m.When) + " ? ")
			}
			b.WriteString(t.text(e, m))
			if i < len(messages)-1 {
				b.WriteString(" : ")
			}
		}
		b.WriteString(entryEnds)
	}
	// An entry that this composer does not know, of another version of the project, still makes sense to a reader.
	unknown := watch.Message{Subject: "<call> by <user>", What: "A watched event happened that this version of the composer has no text for.", Facts: []watch.Fact{{Label: "Call", Value: "<call>"}, {Label: "Service", Value: "<service>"}}}
	b.WriteString(t.text(watch.Entry{ID: "unknown"}, unknown))
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
	{Label: "Who", Value: "<user>"}, {Label: "Account", Value: "<account>"}, {Label: "Region", Value: "<region>"}, {Label: "Time", Value: "<time>"},
	{Label: "From address", Value: "<address>"}, {Label: "User agent", Value: "<agent>"}, {Label: "MFA", Value: "<mfa>"}, {Label: "Result", Value: "<result>"},
}

// text returns what a message says, without what most messages share, that an alert is critical and the instructions alone, and
// without spaces: what it takes, it takes from the names of accounts.
func (t Texts) text(e watch.Entry, m watch.Message) string {
	members := []string{"'subject':" + concat(m.Subject), "'what':" + concat(m.What), "'facts':" + factList(m.Facts)}
	if s := e.Severity(); s != watch.Critical {
		members = append(members, "'severity':"+quote(string(s)))
	}
	switch {
	case m.OnlyFirst:
		members = append(members, "'todo':"+concat(m.First))
	case m.First != "":
		members = append(members, "'todo':"+concat(m.First)+"&$todo")
	}
	if m.After != "" {
		members = append(members, "'after':"+concat(m.After))
	}
	if m.Note != "" {
		members = append(members, "'note':"+concat(m.Note))
	}
	return "{" + strings.Join(members, ",") + "}"
}

// look returns the lines that say where to look an event up.
func (t Texts) look() string {
	return `($id := $clean($d.eventID, 64); $at := $clean($e.region, 30); $found := $exists($id) ? $id : $clean($e.id, 64);
  $append($exists($id) ? ['CloudTrail event ID: ' & $id, 'https://' & $at & '.console.aws.amazon.com/cloudtrailv2/home?region=' & $at & '#/events/' & $id] : ['EventBridge event ID: ' & $found],
  ` + quote("Ledger: aws logs filter-log-events --region "+t.Region+" --log-group-name "+names.Ledger+" --filter-pattern '\"") + ` & $found & '"\u0027'))`
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
		parts = append(parts, "$f."+text[last+at[2]:last+at[3]])
		last += at[1]
	}
}

// quote returns a text as a JSONata string, in apostrophes. JSONata has no escaped apostrophe.
func quote(text string) string {
	return "'" + quoted.Replace(text) + "'"
}

var quoted = strings.NewReplacer(`\`, `\\`, `'`, `\u0027`, "\n", `\n`, "\t", `\t`)
