package watch

import "strings"

// Message is what people read about some records of an Entry. The composer in each hub fills it in; lines whose fields a
// record lacks are left out.
type Message struct {
	// Suffix names the message among those of its entry, in drills and documents: -refused, -arrival; empty for the main one.
	Suffix string
	// When narrows the message down to some records of the entry; the first message whose condition holds is sent. The last
	// message of an entry has none.
	When Condition
	// Subject is what happened and who did it, in a few words: "<user> signed in". The Region follows it, then After: ", with MFA".
	Subject, After string
	// What happened, in one sentence.
	What string
	// Facts are lines of a label and a value, behind those that every message has: who, account, Region, time, address,
	// user agent, MFA, result.
	Facts []Fact
	// First comes before the response of the entry: what to do in any case, about this message alone.
	First string
	// OnlyFirst leaves the response of the entry and the instructions of the file out.
	OnlyFirst bool
	// Note explains a value that the record may have.
	Note string
}

// Fact is a line of a message: a label and a value with <field> where a field's value goes.
type Fact struct{ Label, Value string }

// Condition is about one value of an event. The zero Condition always holds.
type Condition struct {
	// Path of the value, from the event on: detail.errorCode.
	Path string
	// In holds if the value is one of these; nil: if there is a value at all.
	In func(Scope) []string
}

// Severity is how urgent a message is, for the machines that read it.
type Severity string

// The severities.
const (
	// Critical is a use of the emergency access, or a change that opens a way to it.
	Critical Severity = "critical"
	// High is a change to the alerting, or a part of it that has failed.
	High Severity = "high"
)

// Templates returns the texts of a message that may name fields. ToDo has the rest.
func (m Message) Templates() []string {
	all := []string{m.Subject, m.After, m.What, m.Note}
	for _, f := range m.Facts {
		all = append(all, f.Value)
	}
	return all
}

// ToDo is what a message of the entry asks its reader to do, before the instructions of the file. It is plain text.
func (e Entry) ToDo(m Message) string {
	text := m.First
	if !m.OnlyFirst {
		text = strings.TrimSpace(text + " " + e.Response)
	}
	return strings.ReplaceAll(text, "`", "")
}
