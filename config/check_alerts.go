package config

import (
	"net/mail"
	"net/url"
	"regexp"
	"strings"
)

const (
	smsPattern = `^\+[1-9][0-9]{6,14}$`
	sqsPattern = `^arn:aws:sqs:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,80}$`
)

var (
	smsForm       = regexp.MustCompile(smsPattern)
	sqsForm       = regexp.MustCompile(sqsPattern)
	sqsFIFOForm   = regexp.MustCompile(`^arn:aws:sqs:.*\.fifo$`)
	smsSeparators = strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", ".", "")
	urlUser       = regexp.MustCompile(`//[^/?#]*@`)
)

func checkAlerts(c *Config, r *reader) {
	a := c.Alerts
	if r.usable("alerts") && len(a.Email)+len(a.HTTPS)+len(a.SMS)+len(a.SQS) == 0 &&
		r.usable("alerts.email") && r.usable("alerts.https") && r.usable("alerts.sms") && r.usable("alerts.sqs") {
		r.report("alerts", "no subscriber: nobody would be notified", "", "Add an address to alerts.email, https, sms or sqs.")
	}
	if c.Alerts.Instructions = strings.TrimSpace(a.Instructions); c.Alerts.Instructions == "" && r.usable("alerts.instructions") {
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
	parsed, err := mail.ParseAddress(address)
	_, domain, _ := strings.Cut(address, "@")
	if err != nil || parsed.Address != address || len(address) > 320 || strings.ContainsAny(address, " \t\"") || !strings.Contains(domain, ".") {
		r.report(path, "not an email address", orEmpty(address), "Write one such as security-team@example.com.")
		return false
	}
	return true
}

func (r *reader) https(path, address string) bool {
	shown := urlUser.ReplaceAllString(address, "//***@") // messages end up in build logs
	u, err := url.Parse(address)
	switch {
	case shown != address || err == nil && u.User != nil:
		r.report(path, "credentials in the address", shown, "Remove them: this file must not contain secrets.")
	case err != nil || strings.ContainsAny(address, " \t\n"):
		r.report(path, "not an https address", shown, "Write one such as https://example.com/path.")
	case u.Scheme == "http":
		r.report(path, "unencrypted address", shown, "Use an address that starts with https://.")
	case u.Scheme != "https" || u.Hostname() == "":
		r.report(path, "not an https address", orEmpty(shown), "Write one such as https://example.com/path.")
	case strings.Contains(address, "#"):
		r.report(path, "fragment in the address, which is never sent", shown, "Remove # and what follows it.")
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
