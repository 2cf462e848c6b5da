// Package compose turns an event into the message that each kind of reader gets: it writes the state machine that will stand
// between a hub's rules and its topic, whose texts are JSONata, and evaluates the same texts in Go. No stack deploys it yet: until
// then, people read the texts of package watch. It may import names, place and watch, and no CDK.
package compose

import (
	"fmt"
	"slices"
	"strings"

	"example.com/breakglass/watch"
)

// Limits of what the composer writes.
const (
	// MaxSubject is how many characters a subject has at most: SNS takes ASCII under 100 (SNS API, Publish).
	MaxSubject = 99
	// MaxSMS is how many characters the line for a telephone has at most: one part of an SMS message (SNS developer guide).
	MaxSMS = 140
	// MaxRecord is how many characters of JSON a record has at most in the messages for machines. SNS takes 256 KiB in all, and
	// the record is in two of the four.
	MaxRecord = 60_000
	// Version of the JSON for machines.
	Version = 1
)

// Account is a name for an account in alerts.
type Account struct{ Number, Name string }

// Texts is what the texts of a hub's composer depend on.
type Texts struct {
	Scope watch.Scope
	// Entries of the catalogue that the composer writes about.
	Entries []watch.Entry
	// Region of the hub.
	Region string
	// Instructions end every alert.
	Instructions string
	// Accounts with a name; the others appear by their number only.
	Accounts []Account
}

// The prelude makes the fields that texts name. It keeps to what every JSONata implementation at hand evaluates alike, and
// uses apostrophes for text, so that it stays readable inside JSON.
//
// Whatever an actor can write is cleaned: nothing but printable ASCII remains, so that no line can be forged, and no
// character can hide or turn text around; and it is cut.
const prelude = `$in := $states.input; $e := $in.event; $d := $e.detail; $u := $d.userIdentity; $i := $u.sessionContext.sessionIssuer; $r := $d.requestParameters;
$clean := function($v, $n) { $exists($v) and $v != null and $v != '' ? ( $s := $trim($replace($string($v), /[^ -~]+/, '?')); $length($s) > $n ? $substring($s, 0, $n - 3) & '...' : $s ) };
$first := function($l) { $l[$ != null and $ != ''][0] };
$name := function($a) { $exists($a) and $exists($lookup($accounts, $a)) ? $lookup($accounts, $a) & ' (' & $a & ')' : $a };
$month := ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
$time := function($t) { $contains($t, /^[0-9]{4}-(0[1-9]|1[0-2])-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}/) ? $string($number($substring($t, 8, 2))) & ' ' & $month[$number($substring($t, 5, 2)) - 1] & ' ' & $substring($t, 0, 4) & ', ' & $substring($t, 11, 8) & ' UTC' : $t };
$arn := function($v) { $exists($v) ? ( $p := $split($v, ':')[4]; $n := $exists($p) ? $lookup($accounts, $p); $exists($n) ? $v & ' (' & $n & ')' : $v ) };
$drill := $e.source = '` + watch.DrillSource + `';
`

// expression returns the JSONata block that evaluates result with the prelude, the fields and the chosen text in scope: $f are
// the fields, $t is the text (subject, what, facts, todo, note, look), $subject and $lines are ready to be sent.
func (t Texts) expression(result string) string {
	var b strings.Builder
	b.WriteString("(\n$accounts := " + t.accounts() + ";\n" + prelude)
	b.WriteString("$f := {" + t.fields() + "};\n")
	b.WriteString("$todo := " + quote(strings.TrimSpace(t.Instructions)) + ";\n$t := " + t.choice() + ";\n$look := " + t.look() + ";\n")
	fmt.Fprintf(&b, "$subject := $substring($replace(($drill ? 'DRILL: ') & %s & $t.subject & ($exists($f.region) ? ', ' & $f.region) & $t.after, /[^ -~]/, '?'), 0, %d);\n", quote(subjectPrefix), MaxSubject)
	b.WriteString(`$lines := $map($append(` + factList(common) + `, $t.facts), function($l) { $exists($l[1]) and $l[1] != '' ? $l[0] & ': ' & $l[1] });` + "\n")
	b.WriteString(result + "\n)")
	return b.String()
}

// subjectPrefix begins every subject, behind DRILL where it is one.
const subjectPrefix = "BREAK GLASS: "

// Message returns the JSONata expression whose value is a subject and a message for each kind of reader, in the form of
// sns:Publish with MessageStructure json, to the topic with that ARN. $states.input is {id, entry, event}.
func (t Texts) Message(topic string) string {
	return t.expression(fmt.Sprintf(`$head := $append($drill ? ['THIS IS A DRILL. Nothing has happened, and there is nothing to do.', ''], [$t.what, '']);
$act := $append(['', 'What to do now', $t.todo], $exists($t.note) ? ['', 'How to read this: ' & $t.note]);
$text := $join($append($head, $append($lines, $append($act, $append(['', 'Look it up'], $append($look, ['', %s]))))), '\n');
$record := $length($string($e)) > %d ? {'truncated': true, 'id': $e.id, 'source': $e.source, 'detail-type': $lookup($e, 'detail-type')} : $e;
$json := $string({'version': %d, 'entry': $in.entry, 'severity': $t.severity, 'drill': $drill, 'subject': $subject, 'user': $f.user, 'account': $e.account, 'accountName': $lookup($accounts, $e.account), 'region': $e.region, 'time': $first([$d.eventTime, $e.time]), 'address': $first([$d.sourceIPAddress]), 'mfa': $f.mfa, 'result': $f.result, 'eventId': $first([$d.eventID, $e.id]), 'record': $record});
{'TopicArn': %s, 'Subject': $subject, 'MessageStructure': 'json', 'Message': $string({'default': $text, 'email': $text, 'sms': $substring($subject & ' at ' & $f.time, 0, %d), 'https': $json, 'sqs': $json})}`,
		quote(fmt.Sprintf("Sent by the break glass hub in %s, account %s.", t.Region, t.Scope.Account)), MaxRecord, Version, quote(topic), MaxSMS))
}

// accounts returns the names of the accounts as a JSONata object.
func (t Texts) accounts() string {
	pairs := make([]string, len(t.Accounts))
	for i, a := range t.Accounts {
		pairs[i] = quote(a.Number) + ": " + quote(a.Name)
	}
	return "{" + strings.Join(pairs, ", ") + "}"
}

// fields returns the members of $f: the fields that every text has, and those that some text names.
func (t Texts) fields() string {
	wanted := []string{"user", "account", "region", "time", "address", "mfa", "result", "agent", "call", "service"}
	for _, e := range t.Entries {
		for _, m := range e.Messages() {
			for _, text := range m.Templates() {
				for _, found := range placeholder.FindAllStringSubmatch(text, -1) {
					if !slices.Contains(wanted, found[1]) {
						wanted = append(wanted, found[1])
					}
				}
			}
		}
	}
	members := make([]string, len(wanted))
	for i, name := range wanted {
		members[i] = quote(name) + ": " + watch.FieldNamed(name)
	}
	return strings.Join(members, ",\n  ")
}
