package report

import (
	"fmt"
	"maps"
	"slices"
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
		Service: clean(strings.TrimSuffix(r.Source, ".amazonaws.com")), Call: clean(r.Name), On: clean(objectOf(r)), Result: clean(r.Result()), Reason: clean(r.ErrorMessage),
		Read: r.ReadOnly, MFA: mfaOf(r), Address: clean(r.Address), Agent: clean(r.Agent), Event: clean(r.EventID),
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

// objects are the parameters that name what a call is about, the best first. Of a call with none of them, the first parameter whose name ends
// like a name does is taken.
var objects = []string{
	"roleArn", "roleName", "userName", "groupName", "instanceProfileName", "policyArn", "policyName", "functionName", "layerName", "bucketName", "keyId",
	"topicArn", "queueUrl", "secretId", "stackName", "trailName", "documentName", "projectName", "ruleName", "keyName", "instanceId", "snapshotId", "imageId",
	"targetPrincipal", "name",
}

func objectOf(r events.Record) string {
	if to := events.Text(r.Additional, "SwitchTo"); to != "" {
		return to
	}
	var found []string
	for _, name := range objects {
		if text := events.Text(r.Request, name); text != "" && !slices.Contains(found, text) {
			found = append(found, text)
		}
		if len(found) == 2 {
			break
		}
	}
	if len(found) > 0 {
		return strings.Join(found, ", ")
	}
	for _, name := range slices.Sorted(maps.Keys(r.Request)) {
		low := strings.ToLower(name)
		if text, ok := r.Request[name].(string); ok && (strings.HasSuffix(low, "name") || strings.HasSuffix(low, "arn") || strings.HasSuffix(low, "id")) {
			return text
		}
	}
	if key := events.Text(r.Response, "accessKey.accessKeyId"); key != "" {
		return key
	}
	return ""
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
