// Package events reads the records of CloudTrail: from the event history of an account in a Region, within its rate, or from the
// files of a trail. It knows nothing of what an incident is.
package events

import (
	"bytes"
	"encoding/json"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/arn"

	"example.com/breakglass/config"
)

// Record is a record of CloudTrail. All its texts are of whoever caused it.
type Record struct {
	EventID string `json:"eventID"`
	// SharedEventID is the same in the records that several accounts have of one call.
	SharedEventID string    `json:"sharedEventID"`
	Name          string    `json:"eventName"`
	Source        string    `json:"eventSource"`
	Type          string    `json:"eventType"`
	Time          time.Time `json:"eventTime"`
	Region        string    `json:"awsRegion"`
	Account       string    `json:"recipientAccountId"`
	Address       string    `json:"sourceIPAddress"`
	Agent         string    `json:"userAgent"`
	ErrorCode     string    `json:"errorCode"`
	ErrorMessage  string    `json:"errorMessage"`
	ReadOnly      bool      `json:"-"`
	// Category is Data for calls on objects, items, messages and the like; events of older versions have none.
	Category   string         `json:"eventCategory"`
	Identity   Identity       `json:"userIdentity"`
	Request    map[string]any `json:"-"`
	Response   map[string]any `json:"-"`
	Additional map[string]any `json:"-"`
	// Raw is the record as CloudTrail has it.
	Raw json.RawMessage `json:"-"`
}

// Identity is who made a call.
type Identity struct {
	Type        string  `json:"type"`
	PrincipalID string  `json:"principalId"`
	ARN         string  `json:"arn"`
	Account     string  `json:"accountId"`
	AccessKey   string  `json:"accessKeyId"`
	UserName    string  `json:"userName"`
	InvokedBy   string  `json:"invokedBy"`
	Provider    string  `json:"identityProvider"`
	Context     Context `json:"sessionContext"`
}

// Context is the session that a call was made in.
type Context struct {
	Issuer Issuer `json:"sessionIssuer"`
	// Source is the source identity: whom the first call of a chain of roles named, which no later one can change.
	Source     string `json:"sourceIdentity"`
	Attributes struct {
		Created string `json:"creationDate"`
		MFA     string `json:"mfaAuthenticated"`
	} `json:"attributes"`
}

// Issuer is the role or user that a session belongs to.
type Issuer struct {
	Type     string `json:"type"`
	ARN      string `json:"arn"`
	Account  string `json:"accountId"`
	UserName string `json:"userName"`
}

// errNoRecord is the error for a text that is no record of CloudTrail.
var errNoRecord = errors.New("it is no record of CloudTrail")

// Parse reads one record. account and region are those that it was asked from, for records that name none.
func Parse(text []byte, account, region string) (Record, error) {
	r := Record{}
	err := json.Unmarshal(text, &r)
	if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
		r = Record{}
		err = json.Unmarshal(asTexts(text), &r)
	}
	if err != nil {
		return Record{}, errors.Join(errNoRecord, err)
	}
	r.Raw = text
	if r.EventID == "" || r.Name == "" || r.Time.IsZero() {
		return Record{}, errNoRecord
	}
	// Some services write these members in other forms: such a one stays empty, and the record is kept.
	var loose struct {
		Read       any `json:"readOnly"`
		Request    any `json:"requestParameters"`
		Response   any `json:"responseElements"`
		Additional any `json:"additionalEventData"`
	}
	_ = json.Unmarshal(text, &loose) // it was read above
	r.ReadOnly = loose.Read == true || loose.Read == "true"
	r.Request, _ = loose.Request.(map[string]any)
	r.Response, _ = loose.Response.(map[string]any)
	r.Additional, _ = loose.Additional.(map[string]any)
	if r.Account == "" {
		r.Account = account
	}
	if r.Region == "" {
		r.Region = region
	}
	// Both end up in requests and in commands that a person runs; who can write to a bucket can change a record.
	if _, _, ok := config.LookupRegion(r.Region); !ok || !IsAccount(r.Account) {
		return Record{}, errNoRecord
	}
	r.Time = r.Time.UTC()
	return r, nil
}

// asTexts returns a record whose members that have to be texts are, also where it has numbers or whole objects there: a call that its record
// shows in another form was made nevertheless.
func asTexts(text []byte) []byte {
	var all map[string]any
	numbers := json.NewDecoder(bytes.NewReader(text))
	numbers.UseNumber() // the number of an account is none that may be rounded
	if numbers.Decode(&all) != nil {
		return nil
	}
	for name, value := range all {
		switch name {
		case "requestParameters", "responseElements", "additionalEventData", "readOnly", "resources", "tlsDetails":
		case "userIdentity":
			if _, ok := value.(map[string]any); ok || value == nil {
				leaves(value)
			}
		default:
			all[name] = written(value)
		}
	}
	fixed, _ := json.Marshal(all) // it was read from JSON
	return fixed
}

// leaves turns what is neither a text nor an object into a text.
func leaves(value any) {
	of, _ := value.(map[string]any)
	for name, value := range of {
		switch _, object := value.(map[string]any); {
		case object:
			leaves(value)
		case value != nil:
			of[name] = written(value)
		}
	}
}

// written returns a value as a text; nothing and texts stay.
func written(value any) any {
	switch value := value.(type) {
	case nil, string:
		return value
	}
	text, _ := json.Marshal(value) // it was read from JSON
	return string(text)
}

var accountForm = regexp.MustCompile(`^[0-9]{12}$`)

// IsAccount reports whether a text is the number of an account.
func IsAccount(text string) bool { return accountForm.MatchString(text) }

// Text returns the first text that one of the paths leads to, such as credentials.accessKeyId or, in a list, items.0.name; empty if none does.
func Text(in map[string]any, paths ...string) string {
	for _, path := range paths {
		var at any = in
		for _, key := range strings.Split(path, ".") {
			switch inner := at.(type) {
			case map[string]any:
				at = inner[key]
			case []any:
				if i, err := strconv.Atoi(key); err == nil && i >= 0 && i < len(inner) {
					at = inner[i]
				} else {
					at = nil
				}
			default:
				at = nil
			}
		}
		if text, ok := at.(string); ok && text != "" {
			return text
		}
	}
	return ""
}

// Hidden reports whether a text stands in place of one that CloudTrail keeps to itself.
func Hidden(text string) bool {
	return text == "HIDDEN_DUE_TO_SECURITY_REASONS" || text == "****" || text == "***"
}

// Failed reports whether AWS refused the call, or the call failed.
func (r Record) Failed() bool {
	return r.ErrorCode != "" || Text(r.Response, "ConsoleLogin", "SwitchRole") == "Failure"
}

// Changes reports whether a call changed something. Sign-ins and new credentials are no changes; a policy about who may sign in is one, and so
// is another password of root.
func (r Record) Changes() bool {
	if r.Source == "signin.amazonaws.com" && !settings.MatchString(r.Name) {
		return false
	}
	return !r.ReadOnly && !r.Failed() && r.Source != "sts.amazonaws.com" && !r.Anywhere()
}

// settings matches the calls of AWS Sign-In that change what it admits.
var settings = regexp.MustCompile("^(Put|Delete)|^(Password|Email)Updated$|^PasswordRecoveryCompleted$")

// named are the parameters of the calls by which IAM renames: with the name of before, and with that of after.
var named = map[string][2]string{"UpdateUser": {"userName", "newUserName"}, "UpdateGroup": {"groupName", "newGroupName"}}

// Renamed returns the names of a user or a group of IAM before and after a call that renamed it, and the parameter that has the first; empty for
// other calls, and where only the path is new.
func (r Record) Renamed() (parameter, from, to string) {
	of, ok := named[r.Name]
	if !ok || r.Source != "iam.amazonaws.com" || !r.Changes() || Text(r.Request, of[1]) == "" {
		return "", "", ""
	}
	if from = Text(r.Request, of[0]); from == "" && r.Name == "UpdateUser" {
		from = r.Identity.UserName // a call that names no user is about its caller
	}
	return of[0], from, Text(r.Request, of[1])
}

// Anywhere reports whether a call is that by which IAM Roles Anywhere returns credentials; other services have calls of its name.
func (r Record) Anywhere() bool {
	return r.Name == "CreateSession" && r.Source == "rolesanywhere.amazonaws.com"
}

// versioned is what some services append to the names of their calls: CreateFunction20150331v2, CreateDistribution2020_05_31.
var versioned = regexp.MustCompile(`20[0-9]{2}_?[0-9]{2}_?[0-9]{2}(v[0-9]+)?$`)

// Plain returns the name of the call without the version that some services append.
func (r Record) Plain() string { return versioned.ReplaceAllString(r.Name, "") }

// Result returns the code of the error; empty for a call that succeeded.
func (r Record) Result() string {
	if r.ErrorCode == "" && r.Failed() {
		return "Failure"
	}
	return r.ErrorCode
}

// Session returns the name of the session that a call was made in; empty if there is none.
func (r Record) Session() string {
	if r.Identity.Type != "AssumedRole" && r.Identity.Type != "FederatedUser" {
		return ""
	}
	if _, name, ok := strings.Cut(r.Identity.PrincipalID, ":"); ok {
		return name
	}
	return r.Identity.ARN[strings.LastIndex(r.Identity.ARN, "/")+1:]
}

// Issuer returns the ARN of the role or user whose session it is. Sign-ins lack it, and name the role in the ARN of the session.
func (r Record) Issuer() string {
	if arn := r.Identity.Context.Issuer.ARN; arn != "" {
		return arn
	}
	session, err := arn.Parse(r.Identity.ARN)
	path := strings.Split(session.Resource, "/")
	if err != nil || len(path) < 3 || path[0] != "assumed-role" {
		return ""
	}
	session.Service, session.Region, session.Resource = "iam", "", "role/"+path[1]
	return session.String()
}

// Created returns when the session began; zero if the record does not say.
func (r Record) Created() time.Time {
	at, err := time.Parse(time.RFC3339, r.Identity.Context.Attributes.Created)
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}
