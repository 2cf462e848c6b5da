package report

import (
	"fmt"
	"strings"

	"example.com/breakglass/operate/incident/chain"
	"example.com/breakglass/operate/incident/events"
)

// lineOf returns a call as the report shows it.
func lineOf(c *chain.Call) Line {
	l := lineOfRecord(c.Record)
	if c.By != nil {
		l.Who = clean(c.By.Title())
	}
	for _, half := range c.Halves {
		l.Also = append(l.Also, clean(half.EventID))
	}
	return l
}

func lineOfRecord(r events.Record) Line {
	return Line{
		Time: r.Time, Account: clean(r.Account), Region: clean(r.Region), Who: clean(whoOf(r)),
		Service: clean(strings.TrimSuffix(r.Source, ".amazonaws.com")), Call: clean(r.Name), On: clean(r.Object()), Result: clean(r.Result()),
		Reason: clean(r.ErrorMessage),
		Read:   r.ReadOnly, MFA: mfaOf(r), Address: clean(r.Address), Agent: clean(r.Agent), Event: clean(r.EventID),
	}
}

func whoOf(r events.Record) string {
	for _, text := range []string{r.Identity.UserName, r.Identity.ARN, r.Identity.InvokedBy, r.Identity.PrincipalID} {
		if text != "" {
			return text
		}
	}
	return r.Identity.Type
}

// mfaOf returns what a record says about MFA: Yes, No or nothing.
func mfaOf(r events.Record) string {
	said := events.Text(r.Additional, "MFAUsed")
	if said == "" {
		said = r.Identity.Context.Attributes.MFA
	}
	if said == "" && r.Source == "sts.amazonaws.com" && !r.Failed() && events.Text(r.Request, "serialNumber") != "" {
		said = "Yes" // the call itself carried the code
	}
	switch strings.ToLower(said) {
	case "yes", "true":
		return "Yes"
	case "no", "false":
		return "No"
	}
	return clean(said)
}

// way returns by which way in a call is; empty if it is none.
func way(r events.Record) string {
	switch {
	case r.Name == "ConsoleLogin":
		return "console sign-in"
	case r.Name == "CreateOAuth2Token", r.Name == "AuthorizeOAuth2Access":
		return "aws login"
	case r.Identity.Type == "IAMUser" && strings.HasPrefix(r.Identity.AccessKey, "AKIA"):
		return "access key " + clean(r.Identity.AccessKey)
	}
	return ""
}

// place returns an account and a Region in a few words.
func placeOf(account, region string) string {
	if region == "" {
		return account
	}
	return fmt.Sprintf("%s %s", account, region)
}
