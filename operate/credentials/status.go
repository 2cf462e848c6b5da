package credentials

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/credreport"
	"example.com/breakglass/operate/seal"
	"example.com/breakglass/place"
)

// State is the state of one credential of a user.
type State struct {
	User string    `json:"user"`
	Kind seal.Kind `json:"kind"`
	// ID is the ARN of a device, or the ID of an access key.
	ID string `json:"id,omitempty"`
	// Set is when it was set or enabled, Days its age, and Exact whether IAM knows that: a password may have been changed since.
	Set   time.Time `json:"set,omitzero"`
	Days  int       `json:"days"`
	Exact bool      `json:"exact"`
	// Used is when it was last used; zero means never. IAM does not know it of a device.
	Used time.Time `json:"used,omitzero"`
	// Due is when it is to be replaced.
	Due time.Time `json:"due,omitzero"`
	// File is the sealed file in the folder that is valid for it.
	File string `json:"file,omitempty"`
	// Problems and Notes are in words.
	Problems []string `json:"problems,omitempty"`
	Notes    []string `json:"notes,omitempty"`
}

// OK reports whether nothing is wrong.
func (s State) OK() bool { return len(s.Problems) == 0 }

// Inquiry is what status asks.
type Inquiry struct {
	Config *config.Config
	IAM    API
	// Folder has the sealed files; empty means that they are not looked at.
	Folder string
	// Profile and Again are those of Options.
	Profile, Again string
	Now            time.Time
	// Pause is the time between two looks at a credential report that IAM is making.
	Pause time.Duration
}

// Status reports the age and use of every user's credentials.
func Status(ctx context.Context, q Inquiry) (all []State, err error) {
	report, reading := credreport.Read(ctx, q.IAM, q.Pause)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	for _, user := range q.Config.Users {
		o := Options{
			Config: q.Config, IAM: q.IAM, User: user.Name, Folder: q.Folder, Profile: q.Profile, Again: q.Again, Now: func() time.Time { return q.Now },
			Say: func(string, ...any) {},
		}
		if err := o.user(ctx); err != nil {
			return nil, err
		}
		var files []*sealed
		if q.Folder != "" {
			if files, err = o.inForce(); err != nil {
				return nil, err
			}
		}
		states, err := o.states(ctx, user, report, reading)
		if err != nil {
			return nil, err
		}
		for i := range states {
			o.judge(&states[i], files, report)
		}
		all = append(append(all, states...), o.strays(states, files)...)
	}
	return all, nil
}

// states returns what a user has, or lacks.
func (o *Options) states(ctx context.Context, user config.User, report credreport.Report, reading error) (all []State, err error) {
	password, err := o.passwordState(ctx, report, reading)
	if err != nil {
		return nil, err
	}
	all = append(all, password)
	devices, err := o.devices(ctx)
	if err != nil {
		return nil, err
	}
	if len(devices) == 0 {
		all = append(all, State{User: o.User, Kind: seal.MFA, Problems: []string{"there is none: " + o.command("mfa")}})
	}
	for _, device := range slices.Sorted(maps.Keys(devices)) {
		s := State{User: o.User, Kind: seal.MFA, ID: device, Set: devices[device], Exact: true}
		if kind, _ := place.DeviceOf(device); !sealable(device) {
			s.Notes = append(s.Notes, "a "+string(kind)+" has no sealed file, and is not due: whoever keeps it says whether it is there")
		}
		all = append(all, s)
	}
	keys, err := o.keys(ctx)
	if err != nil {
		return nil, err
	}
	for _, id := range slices.Sorted(maps.Keys(keys)) {
		s := State{User: o.User, Kind: seal.Key, ID: id, Set: keys[id], Exact: true}
		out, err := o.IAM.GetAccessKeyLastUsed(ctx, &iam.GetAccessKeyLastUsedInput{AccessKeyId: aws.String(id)})
		if err != nil {
			return nil, account.Explain(err, "asking when the access key "+id+" was used")
		}
		if out.AccessKeyLastUsed != nil {
			s.Used = aws.ToTime(out.AccessKeyLastUsed.LastUsedDate)
		}
		if user.AccessKey != config.AccessKeySealed {
			s.Problems = append(s.Problems, "breakglass.yaml allows none: "+o.keyDeletion(id))
		}
		all = append(all, s)
	}
	if len(keys) == 0 && user.AccessKey == config.AccessKeySealed {
		all = append(all, State{User: o.User, Kind: seal.Key, Notes: []string{"there is none, and breakglass.yaml allows one: " + o.command("key")}})
	}
	return all, nil
}

// passwordState returns the state of the password.
func (o *Options) passwordState(ctx context.Context, report credreport.Report, reading error) (State, error) {
	s := State{User: o.User, Kind: seal.Password}
	made, err := o.profile(ctx)
	if err != nil {
		return s, err
	}
	if made.IsZero() {
		s.Problems = append(s.Problems, "there is none: "+o.command("create"))
		return s, nil
	}
	s.Set = made
	if changed := report.Changed[o.Config.HubPlace().User(o.User)]; !changed.Before(made) {
		s.Set, s.Exact = changed, true
	}
	if reading != nil {
		s.Notes = append(s.Notes, "it may have been changed since: "+account.Explain(reading, "reading the credential report").Error())
	}
	out, err := o.IAM.GetUser(ctx, &iam.GetUserInput{UserName: aws.String(o.User)})
	if err != nil {
		return s, account.Explain(err, "looking for the user "+o.User)
	}
	s.Used = aws.ToTime(out.User.PasswordLastUsed)
	return s, nil
}

// judge adds what is due and what is wrong.
func (o *Options) judge(s *State, files []*sealed, report credreport.Report) {
	if s.Set.IsZero() {
		return
	}
	file := s.newest(files)
	if s.Kind == seal.Password && file != nil {
		o.setSince(s, file, report)
	}
	now := o.Now()
	s.Days = int(now.Sub(s.Set) / config.Day)
	if s.Kind == seal.MFA && !sealable(s.ID) {
		return
	}
	s.Due = s.Set.Add(o.Config.Credentials.RotateEvery)
	if now.After(s.Due) {
		s.Problems = append(s.Problems, fmt.Sprintf("it is due since %s: %s", s.Due.UTC().Format(time.DateOnly), o.command("rotate", "--only", string(s.Kind))))
	}
	// IAM knows the times to the minute or so; whoever sets a credential does not use it within that.
	if s.Used.Sub(s.Set) >= time.Minute {
		what := fmt.Sprintf("it was used on %s, after it was set: it is no longer sealed. Find out who did, then %s", s.Used.UTC().Format(time.DateOnly),
			o.command("rotate"))
		if !s.Exact {
			what = fmt.Sprintf("it was used on %s; unless it was changed since, it is no longer sealed", s.Used.UTC().Format(time.DateOnly))
		}
		s.Problems = append(s.Problems, what)
	}
	if o.Folder == "" {
		return
	}
	if file == nil {
		s.Problems = append(s.Problems, "the folder "+o.Folder+" has no valid sealed file of it")
		return
	}
	s.File = file.path
	if s.Kind == seal.Password && s.Exact && file.Created.Sub(s.Set).Abs() > sealedWithin {
		s.Problems = append(s.Problems,
			strings.Join([]string{
				"it was set on", s.Set.UTC().Format(time.DateTime), "and sealed on", file.Created.Format(time.DateTime) + ":", "the file is of another one",
			}, " "))
	}
}
