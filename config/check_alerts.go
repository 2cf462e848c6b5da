package config

import (
	"regexp"
	"slices"
	"strings"
)

// Formats of what SNS delivers to. Mail of AWS goes to ASCII addresses only (Amazon SES API, Destination: no SMTPUTF8), and every
// domain beyond ASCII has a spelling in it, xn--….
const (
	emailPattern = "^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@" + hostPattern + `(\.` + hostPattern + `)+$`
	httpsPattern = `^https://` + hostPattern + `(\.` + hostPattern + `)*(:[0-9]{1,5})?([/?]([A-Za-z0-9!$&'()*+,./:;=?@_~-]|%[0-9A-Fa-f]{2})*)?$`
	smsPattern   = `^\+[1-9][0-9]{6,14}$`
	sqsPattern   = `^arn:aws:sqs:` + regionPattern + `:[0-9]{12}:[A-Za-z0-9_-]{1,80}$`
	hostPattern  = `[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?`

	maxEmail = 320
)

var (
	emailForm     = regexp.MustCompile(emailPattern)
	httpsForm     = regexp.MustCompile(httpsPattern)
	smsForm       = regexp.MustCompile(smsPattern)
	sqsForm       = regexp.MustCompile(`^arn:aws:sqs:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,80}$`)
	sqsFIFOForm   = regexp.MustCompile(`^arn:aws:sqs:.*\.fifo$`)
	smsSeparators = strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", ".", "")
	urlUser       = regexp.MustCompile(`^([A-Za-z]*:)?//[^/?#]*@`)
)

func checkAlerts(c *Config, r *reader) {
	a := c.Alerts
	if r.usable("alerts") && len(slices.Concat(a.Email, a.HTTPS, a.SMS, a.SQS)) == 0 &&
		r.usable("alerts.email") && r.usable("alerts.https") && r.usable("alerts.sms") && r.usable("alerts.sqs") {
		r.report("alerts", "no subscriber: nobody would be notified", "", "Add an address to alerts.email, https, sms or sqs.")
	}
	if c.Alerts.Instructions = strings.Trim(a.Instructions, " \n"); c.Alerts.Instructions == "" && r.usable("alerts.instructions") {
		r.report("alerts.instructions", "empty", emptyText, "Write what the reader of an alert should do, or remove the key for a general sentence.")
	}
	r.addresses("alerts.email", a.Email, r.email, strings.ToLower)
	r.addresses("alerts.https", a.HTTPS, r.https, asWritten)
	r.addresses("alerts.sms", a.SMS, r.sms, asWritten)
	r.addresses("alerts.sqs", a.SQS, r.sqs, asWritten)
}

func asWritten(address string) string { return address }

func (r *reader) addresses(path string, addresses []string, check func(path, address string) bool, normal func(string) string) {
	once := uniq{}
	for i, address := range addresses {
		if at := item(path, i); r.usable(at) && check(at, address) {
			r.once(once, at, address, normal(address))
		}
	}
}

func (r *reader) email(path, address string) bool {
	if len(address) > maxEmail || !emailForm.MatchString(address) {
		r.report(path, "not an email address", orEmpty(address), "Write one such as security-team@example.com.")
		return false
	}
	return true
}

func (r *reader) https(path, address string) bool {
	shown := urlUser.ReplaceAllString(address, "$1//***@") // messages end up in build logs
	switch {
	case shown != address:
		r.report(path, "credentials in the address", shown, "Remove them: this file must not contain secrets.")
	case strings.HasPrefix(address, "http://"):
		r.report(path, "unencrypted address", shown, "Use an address that starts with https://.")
	case strings.HasPrefix(address, "https://") && strings.Contains(address, "#"):
		r.report(path, "fragment in the address, which is never sent", shown, "Remove # and what follows it.")
	case !httpsForm.MatchString(address):
		r.report(path, "not an https address", orEmpty(shown), "Write one such as https://example.com/path.")
	default:
		return true
	}
	return false
}

func (r *reader) sms(path, number string) bool {
	if smsForm.MatchString(number) {
		return true
	}
	fix := `Write + and the country code, without spaces: "+15550100123".`
	if compact := smsSeparators.Replace(number); smsForm.MatchString(compact) {
		fix = `Write "` + compact + `".`
	}
	r.report(path, "not a phone number in E.164 form", orEmpty(number), fix)
	return false
}

func (r *reader) sqs(path, arn string) bool {
	switch {
	case sqsFIFOForm.MatchString(arn):
		r.report(path, "FIFO queue, to which a standard topic cannot deliver", arn, "Use a standard queue.")
	case !sqsForm.MatchString(arn):
		r.report(path, "not the ARN of an SQS queue", orEmpty(arn), "Write one such as arn:aws:sqs:us-east-1:111111111111:alerts.")
	default:
		return r.region(path, strings.Split(arn, ":")[3])
	}
	return false
}
