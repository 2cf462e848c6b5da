package seal

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Version is the version of the format that this program writes.
const Version = 1

// Kind says what a file holds.
type Kind string

// The kinds.
const (
	// Password is the console password of a user.
	Password Kind = "password"
	// MFA is the seed of a virtual MFA device, in base32.
	MFA Kind = "mfa"
	// Key is the secret part of an access key, whose ID is in the header.
	Key Kind = "key"
)

// Header is what everybody may read: which secret of whom a file holds, and to whom it is sealed.
type Header struct {
	// Version of the format.
	Version int  `json:"version"`
	Kind    Kind `json:"kind"`
	// Partition and Account are those of the hub account, which holds the user.
	Partition string `json:"partition"`
	Account   string `json:"account"`
	User      string `json:"user"`
	// Role is the name of the role in every target account.
	Role string `json:"role"`
	// Regions whose sign-in addresses work for the user, the preferred one first.
	Regions []string `json:"regions"`
	// Device is the ARN of the MFA device; for an MFA seed only.
	Device string `json:"device,omitempty"`
	// AccessKey is the ID of the access key; for a key only.
	AccessKey string `json:"accessKey,omitempty"`
	// Created is when the secret was made, in UTC and to the second.
	Created time.Time `json:"created"`
	// Recipients of age: each of them opens the file alone.
	Recipients []string `json:"recipients"`
}

// Void says since when and why a file is worth nothing.
type Void struct {
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
}

// MostRegions is how many sign-in Regions a file names: it has to fit on paper, and whoever asks each of them, with all of them silent,
// is done within a minute or two.
const MostRegions = 4

const (
	magic    = "breakglass-sealed"
	dateForm = time.DateOnly
)

// text is the header as a file has it, and as it is sealed: without the mark and the sum.
func (h Header) text() string {
	var b strings.Builder
	line := func(key, value string) { fmt.Fprintf(&b, "%s: %s\n", key, value) }
	line(magic, strconv.Itoa(h.Version))
	line("kind", string(h.Kind))
	line("partition", h.Partition)
	line("account", h.Account)
	line("user", h.User)
	line("role", h.Role)
	line("regions", strings.Join(h.Regions, " "))
	if h.Device != "" {
		line("device", h.Device)
	}
	if h.AccessKey != "" {
		line("access-key", h.AccessKey)
	}
	line("created", h.Created.UTC().Format(time.RFC3339))
	for _, r := range h.Recipients {
		line("recipient", r)
	}
	return b.String()
}

// set takes one line of a file.
func (h *Header) set(key, value string) error {
	once := map[string]*string{
		"partition": &h.Partition, "account": &h.Account, "user": &h.User, "role": &h.Role, "device": &h.Device, "access-key": &h.AccessKey,
	}
	switch target := once[key]; {
	case target != nil && *target == "":
		*target = value
	case key == "kind" && h.Kind == "":
		h.Kind = Kind(value)
	case key == "regions" && h.Regions == nil:
		h.Regions = strings.Fields(value)
	case key == "recipient":
		h.Recipients = append(h.Recipients, value)
	case key == "created" && h.Created.IsZero():
		at, err := time.Parse(time.RFC3339, value)
		if err != nil {
			return errors.New("created is not a time")
		}
		h.Created = at.UTC()
	default:
		return fmt.Errorf("the header has an unknown line, or one twice: %q", key)
	}
	return nil
}

// check reports what a header lacks, and what would not fit on its lines.
func (h Header) check() error {
	if !slices.Contains([]Kind{Password, MFA, Key}, h.Kind) {
		return &Problem{ErrKind, fmt.Sprintf("its kind is %q", h.Kind), "use a breakglass that knows it: password, mfa and key are known here"}
	}
	values := map[string]string{
		"partition": h.Partition, "account": h.Account, "user": h.User, "role": h.Role, "regions": strings.Join(h.Regions, " "),
		"recipient": strings.Join(h.Recipients, ""),
	}
	switch h.Kind {
	case MFA:
		values["device"] = h.Device
	case Key:
		values["access-key"] = h.AccessKey
	}
	for _, key := range []string{"partition", "account", "user", "role", "regions", "device", "access-key", "recipient"} {
		value, needed := values[key]
		if needed && value == "" {
			return &Problem{ErrFormat, "its header lacks " + key, fixFormat}
		}
		if strings.ContainsFunc(value, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsPrint(r) }) {
			return &Problem{ErrFormat, key + " has a character that a header can't have", fixFormat}
		}
		if form, ok := forms[key]; ok && !form.MatchString(value) {
			return &Problem{ErrFormat, key + " is none that AWS has", fixTampered}
		}
	}
	if h.Created.IsZero() || !h.Created.Equal(h.Created.Truncate(time.Second)) {
		return &Problem{ErrFormat, "its header lacks created, to the second", fixFormat}
	}
	return nil
}

// forms are those of what addresses are made of. Whoever can exchange a file must not have a password typed into a page of another host:
// what a header says is believed before the file is opened.
var forms = map[string]*regexp.Regexp{
	"partition": regexp.MustCompile(`^aws(-[a-z]+)*$`),
	"account":   regexp.MustCompile(`^[0-9]{12}$`),
	"user":      regexp.MustCompile(`^[A-Za-z0-9+=,.@_-]{1,64}$`),
	"role":      regexp.MustCompile(`^[A-Za-z0-9+=,.@_-]{1,64}$`),
	"regions":   regexp.MustCompile(`^[a-z]+(-[a-z]+)+-[0-9]+( [a-z]+(-[a-z]+)+-[0-9]+)*$`),
}

const fixFormat = "name a file that breakglass credentials wrote"
