package config

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	"example.com/breakglass/internal/recipient"
)

const (
	rotateEvery      = "credentials.rotateEvery"
	recipientPattern = `^age1[a-z0-9]+$`
	daysPattern      = `^[1-9][0-9]{0,3}d$`
	mostDays         = 3650
)

var daysForm = regexp.MustCompile(daysPattern)

// checkCredentials checks the holders of the credentials, and that an access key has some.
func checkCredentials(c *Config, r *reader) {
	lists := []holders{
		{"credentials.passwordHolders", c.Credentials.PasswordHolders},
		{"credentials.mfaHolders", c.Credentials.MFAHolders},
	}
	known := map[string]string{}
	for _, list := range lists {
		if r.given("credentials") && r.usable("credentials") {
			list.check(r, known)
		}
	}
	for i, user := range c.Users {
		path := item("users", i) + ".accessKey"
		switch {
		case !r.given(path) || !r.usable(path):
		case user.AccessKey != AccessKeySealed:
			r.report(path, "unknown value", orEmpty(string(user.AccessKey)), didYouMean(string(user.AccessKey), []string{string(AccessKeySealed)}))
		case !r.given("credentials"):
			r.report(path, "nobody to seal the key to", string(user.AccessKey), "Add credentials with passwordHolders and mfaHolders.")
		}
	}
}

// holders is a list of recipients.
type holders struct {
	path  string
	texts []string
}

const holdersFix = "Write the recipients of at least one person, as age-keygen -y or the plugin prints them."

// check checks a list; known has the keys of both lists by the paths where they came first.
func (h holders) check(r *reader, known map[string]string) {
	switch {
	case !r.given(h.path):
		r.report(h.path, "missing", "", holdersFix)
		return
	case !r.usable(h.path):
		return
	case len(h.texts) == 0:
		r.report(h.path, "nobody listed", "", holdersFix)
		return
	}
	var class recipient.Class
	for i, text := range h.texts {
		path := item(h.path, i)
		if !r.usable(path) {
			continue
		}
		one, ok := r.recipient(path, text)
		if !ok {
			continue
		}
		if first, again := known[one.Key()]; again {
			r.sameKey(path, first, text)
			continue
		}
		known[one.Key()] = path
		switch {
		case one.Class == recipient.Unknown:
		case class == "":
			class = one.Class
		case class != one.Class:
			r.report(path, "a "+string(one.Class)+" recipient beside a "+string(class)+" one, which age refuses", text, "Use one kind for all holders of the list.")
		}
	}
}

// recipient reads a recipient. A message never has an identity, which is secret.
func (r *reader) recipient(path, text string) (recipient.Recipient, bool) {
	one, err := recipient.Parse(text)
	switch {
	case errors.Is(err, recipient.ErrIdentity):
		r.report(path, "an identity, which must stay with its holder", "", "Write its recipient, age1…, and make a new identity: this one is no longer secret.")
	case err != nil && !strings.HasPrefix(text, "age1"):
		r.report(path, "not a recipient of age", orEmpty(text), "Write the recipient as age-keygen -y or the plugin prints it: age1….")
	case err != nil:
		r.report(path, "not a recipient of age: "+err.Error(), text, "Copy the recipient again, as age-keygen -y or the plugin prints it.")
	}
	return one, err == nil
}

// sameKey reports the second place of a key.
func (r *reader) sameKey(path, first, text string) {
	line := strconv.Itoa(lineOf(r.lines, first))
	if list, _, _ := strings.Cut(first, "["); strings.HasPrefix(path, list) {
		r.report(path, "listed twice, first in line "+line, text, "Keep one of them.")
		return
	}
	r.report(path, "a holder of the password as well, in line "+line, text, "Remove it from one of the lists: nobody may open both halves.")
}

// days reads a number of days.
func (r *reader) days(n *node, path string) time.Duration {
	const fix = "Write a number of days, such as 90d."
	if n.kind != scalar {
		r.mismatch(n, path, "a number of days", fix)
		return 0
	}
	number, _ := strconv.Atoi(strings.TrimSuffix(n.text, "d"))
	switch {
	case n.isNumber():
		r.report(path, "number of days without its unit", n.text, fix)
	case !daysForm.MatchString(n.text):
		r.report(path, "not a number of days", orEmpty(n.text), fix)
	case number > mostDays:
		r.report(path, "more than ten years", n.text, "Write at most "+strconv.Itoa(mostDays)+"d.")
	}
	return time.Duration(number) * Day
}
