// Package compose turns an event into the message that each kind of reader gets: it writes the state machine that stands between
// a hub's rules and its topic, whose texts are JSONata, and evaluates the same texts in Go. It may import names, place and watch,
// and no CDK.
package compose

import (
	"fmt"
	"slices"
	"strings"

	"example.com/breakglass/names"
	"example.com/breakglass/watch"
)

// Limits of what the composer writes.
const (
	// maxSubject is how many characters a subject has at most: SNS takes ASCII under 100 (SNS API, Publish).
	maxSubject = 99
	// maxSMS is how many characters the line for a telephone has at most: one part of an SMS message (SNS developer guide).
	maxSMS = 140
	// maxRecord is how many bytes a record takes at most in the messages for machines, of which there are two. A state returns 256 KiB at most,
	// and nothing catches what exceeds it: States.ALL does not stand for it (Step Functions developer guide, States.DataLimitExceeded).
	// The record is JSON in a text in a text there: a quotation mark takes four bytes, and one that is in a text of the record eight. If
	// one character is not ASCII, each counts as four, which is quicker to find out than how many are not.
	maxRecord = 90_000
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
	// Default is set for the instructions of a file that gives none. They are about an emergency user, and a message of the
	// composer knows better whom to stop: it has followPlan instead.
	Default bool
	// Accounts with a name; the others appear by their number only.
	Accounts []Account
}

// The prelude makes the fields that texts name. It keeps to what every JSONata implementation at hand evaluates alike, and
// uses apostrophes for text, so that it stays readable inside JSON.
//
// Whatever an actor can write is cleaned: nothing but printable ASCII remains, so that no line can be forged, and no
// character can hide or turn text around; and it is cut.
var prelude = `
$in := $states.input;
$e := $in.event;
$d := $e.detail;
$u := $d.userIdentity;
$i := $u.sessionContext.sessionIssuer;
$r := $d.requestParameters;

$clean := function($v, $n) {
  $exists($v) and $v != null and $v != [] ? (
    $s := $trim($replace($string($v), /[^ -~]+/, '?'));
    $length($s) > $n ? $substring($s, 0, $n - 3) & '...' : $s != '' ? $s
  )
};
$first := function($l) { $l[$ != null and $ != ''][0] };
$pick := function($l, $n) { $clean($first($l), $n) };
$called := function($a) { (
  $n := $exists($a) ? $string($lookup($accounts, $a)) & '' : '';
  $n != '' and $n != 'null' ? $n
) };
$name := function($a) { ( $n := $called($a); $exists($n) ? $n & ' (' & $a & ')' : $a ) };
$month := [
  'January', 'February', 'March', 'April', 'May', 'June',
  'July', 'August', 'September', 'October', 'November', 'December'
];
$time := function($t) {
  $contains($t, /^[0-9]{4}-(0[1-9]|1[0-2])-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?Z$/) ?
    $string($number($substring($t, 8, 2))) & ' ' & $month[$number($substring($t, 5, 2)) - 1] & ' ' & $substring($t, 0, 4) &
    ', ' & $substring($t, 11, 8) & ' UTC' :
    $t
};
$last := function($v, $by) { ( $s := $clean($v, 300); $exists($s) ? $split($s, $by)[-1] ) };
$of := function($v) { (
  $s := $clean($v, 300);
  $p := $exists($s) ? $split($s, ':')[4];
  $exists($p) and $p != '' ? $p
) };
$arn := function($v) { ( $n := $called($of($v)); $exists($n) ? $v & ' (' & $n & ')' : $v ) };
$list := function($v, $n) {
  $exists($v) and $v != null ? $clean($join($map($v, function($x) { $string($x) }), ', '), $n)
};

$ours := function($v) { $exists($v) and $lowercase($string($v)) in $users };
$usersGroup := function($v) { $exists($v) and $lowercase($string($v)) = '` + strings.ToLower(names.Group) + `' };
$session := (
  $s := $clean($u.arn, 300);
  $exists($s) and $contains($s, ':assumed-role/') ? $substringAfter($s, ':assumed-role/') : ''
);
$role := (
  $n := $u.type = 'AssumedRole' ? $pick([$i.userName, $substringBefore($session, '/')], 64);
  $exists($n) ? $n : ''
);
$mfa := $string($first([$d.additionalEventData.MFAUsed, $u.sessionContext.attributes.mfaAuthenticated]));
` + watch.OnIAMObject + `$drill := $e.source = '` + watch.DrillSource + `';
$word := $drill ? $clean($d.` + watch.CodeWord + `, 20);
`

// expression returns the JSONata block that evaluates result with the prelude, the fields and the chosen text in scope: $f are
// the fields, $t is the text (subject, what, facts, todo, note, look), $subject and $lines are ready to be sent.
func (t Texts) expression(result string) string {
	repeats, shared := t.repeats()
	var b strings.Builder
	b.WriteString("($accounts:=" + t.accounts() + ";$users:=[" + t.users() + "];" + squeeze(prelude))
	b.WriteString("$f:={" + t.fields() + "};$stop:=" + squeeze(stop()) + ";" + repeats)
	b.WriteString("$todo:=" + quote(t.last()) + ";$t:=" + t.choice(shared) + ";")
	b.WriteString("$do:=$append([$t.todo],$t.alone=true?[]:[$todo][$!='']);$look:=" + squeeze(t.look()) + ";")
	// What is long is cut before the Region, and before whether there was MFA.
	b.WriteString(squeeze(fmt.Sprintf(`
$before := ($drill ? 'DRILL: ') & %s;
$after := $substring(($exists($f.region) ? ', ' & $f.region) & $t.after, 0, 50);
$room := %d - $length($before) - $length($after);
$about := $replace($string($t.subject), /[^ -~]/, '?');
$subject := $before & ($length($about) > $room ? $substring($about, 0, $room - 3) & '...' : $about) & $after;
$lines := $map($append(%s, $t.facts), function($l) { $exists($l[1]) and $l[1] != '' ? $l[0] & ': ' & $l[1] });
%s)`, quote(subjectPrefix), maxSubject, factList(common), result)))
	return b.String()
}

// subjectPrefix begins every subject, behind DRILL where it is one.
const subjectPrefix = "BREAK GLASS: "

// The subjects of what the composer sends besides composed alerts.
const (
	// RawSubject is that of an event that is sent as it is.
	RawSubject = subjectPrefix + "an alert that could not be composed"
	// RawDrillSubject is that of a drill that is sent as it is.
	RawDrillSubject = "DRILL: " + RawSubject
	// SummarySubject is that of the summary of alerts that exceed the limits.
	SummarySubject = subjectPrefix + "more alerts follow; read them in the ledger"
	// DrillSummarySubject is that of the summary of drills that exceed the limits.
	DrillSummarySubject = "DRILL: " + subjectPrefix + "more drills follow; the ledger has them"
)

// Messages returns the JSONata expression whose value has what sns:Publish is called with: mail, to the topic with that ARN, a
// subject and a message for each kind of reader (MessageStructure json), and chat, to the chat topic, if its ARN is given.
// $states.input is {id, entry, event}.
func (t Texts) Messages(topic, chat string) string {
	members := "'mail': $mail"
	if chat != "" {
		members += ", 'chat': " + chatMessage(chat)
	}
	return t.expression(t.mail(topic) + "\n{" + members + "}")
}

// mail returns the JSONata that makes $mail.
func (t Texts) mail(topic string) string {
	return fmt.Sprintf(`
$head := $append(
  $drill ? (
    $exists($word) ? [
      'THIS IS A DRILL. Nothing has happened.',
      '',
      'Code word: ' & $word,
      'Read the code word out to whoever runs the drill; there is nothing else to do.',
      ''
    ] : ['THIS IS A DRILL. Nothing has happened, and there is nothing to do.', '']
  ),
  [$t.what, '']
);
$act := $append(
  ['', 'What to do now', ($drill ? 'Nothing: this is a drill. A real alert says here: ') & $join($do, '\n')],
  $exists($t.note) ? ['', 'How to read this: ' & $t.note]
);
$text := $join($append($head, $append($lines, $append($act, $append(['', 'Look it up'], $append($look, ['', %s]))))), '\n');
$size := $string([$string([$string($e)])]);
$record := $length($size) * ($contains($size, /[^ -~]/) ? 4 : 1) > %d ?
  {'truncated': true, 'id': $e.id, 'source': $e.source, 'detail-type': $lookup($e, 'detail-type')} :
  $e;
$json := $string({
  'version': %d,
  'entry': $in.entry,
  'severity': $first([$t.severity, '`+string(watch.High)+`']),
  'drill': $drill,
  'subject': $subject,
  'user': $f.user,
  'account': $e.account,
  'accountName': $called($e.account),
  'region': $e.region,
  'time': $first([$d.eventTime, $e.time]),
  'address': $first([$d.sourceIPAddress]),
  'mfa': $f.mfa,
  'result': $f.result,
  'eventId': $first([$d.eventID, $e.id]),
  'record': $record
});
$mail := {
  'TopicArn': %s,
  'Subject': $subject,
  'MessageStructure': 'json',
  'Message': $string({
    'default': $text,
    'email': $text,
    'sms': $substring(
      ($exists($word) ? 'DRILL: code word ' & $word & '. ' & $substring($subject, 7) : $subject) &
      ($exists($f.time) ? ' at ' & $f.time), 0, %d
    ),
    'https': $json,
    'sqs': $json
  })
};`,
		quote(fmt.Sprintf("Sent by the break glass hub in %s, account %s.", t.Region, t.Scope.Account)), maxRecord, Version, quote(topic), maxSMS)
}

// accounts returns the names of the accounts as a JSONata object. It is never empty: in an empty one, some implementations look up null
// instead of nothing.
func (t Texts) accounts() string {
	if len(t.Accounts) == 0 {
		return "{'': ''}"
	}
	pairs := make([]string, len(t.Accounts))
	for i, a := range t.Accounts {
		pairs[i] = quote(a.Number) + ":" + quote(a.Name)
	}
	return "{" + strings.Join(pairs, ",") + "}"
}

// followPlan ends a message where the file has no instructions.
const followPlan = "If it is an intrusion, follow your incident plan."

// last returns the last lines of what a message asks its reader to do.
func (t Texts) last() string {
	if t.Default {
		return followPlan
	}
	return strings.TrimSpace(t.Instructions)
}

// users returns the names of the emergency users, in small letters: IAM ignores the case of names.
func (t Texts) users() string {
	all := make([]string, len(t.Scope.Users))
	for i, user := range t.Scope.Users {
		all[i] = quote(strings.ToLower(user))
	}
	return strings.Join(all, ", ")
}

// stop returns the JSONata of how to stop whoever did it.
func stop() string {
	var b strings.Builder
	b.WriteString(quote(watch.Unannounced) + " & (")
	for _, s := range watch.Stops {
		if s.When != "" {
			b.WriteString(s.When + " ? ")
		}
		b.WriteString(concat(s.Do))
		if s.When != "" {
			b.WriteString(" :\n  ")
		}
	}
	return b.String() + ")"
}

// fields returns the members of $f: the fields that every text has, and those that some text names.
func (t Texts) fields() string {
	wanted := []string{"user", "account", "callerAccount", "region", "time", "address", "mfa", "result", "agent", "call", "service"}
	var all []string
	for _, e := range t.Entries {
		for _, m := range e.Messages {
			all = append(append(all, e.ToDo(m)), m.Templates()...)
		}
	}
	for _, s := range watch.Stops {
		all = append(all, s.Do)
	}
	for _, text := range all {
		for _, found := range placeholder.FindAllStringSubmatch(text, -1) {
			if !slices.Contains(wanted, found[1]) && found[0] != watch.StopPlace {
				wanted = append(wanted, found[1])
			}
		}
	}
	members := make([]string, len(wanted))
	for i, name := range wanted {
		members[i] = quote(name) + ":" + squeeze(watch.FieldNamed(name))
	}
	return strings.Join(members, ",")
}
