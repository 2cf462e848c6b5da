// Package onboard writes a first breakglass.yaml: it asks AWS about the account, takes the other answers from flags or from a
// person, checks them and writes the file. It may import config, the packages discover and draft, and internal packages, but
// neither the CDK nor a screen.
package onboard

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/service/organizations"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/file"
	"example.com/breakglass/operate/discover"
	"example.com/breakglass/operate/draft"
)

// Question is something that a first file needs to know; its text is the name of the flag that answers it.
type Question string

// The questions.
const (
	HubAccount Question = "hub-account"
	Email      Question = "email"
	HubRegion  Question = "hub-region"
	Standby    Question = "standby"
	Users      Question = "user"
	Targets    Question = "target"
	Unwatched  Question = "unwatched"
	Access     Question = "access"
	// Instructions end every alert, Policies are the role's, Trail is who makes it.
	Instructions Question = "instructions"
	Policies     Question = "policy"
	Trail        Question = "trail"
)

// Request is what a run starts with.
type Request struct {
	// File to write. One that exists is edited; Force replaces it.
	File  string
	Force bool
	// Answers are those of the flags, with defaults; Answered reports whether a flag was passed.
	Answers  draft.Answers
	Answered func(Question) bool
	// Profile of the AWS CLI and Region to ask first; empty means the usual credentials, and the hub's Region.
	Profile, Region string
	// Profiles of the AWS CLI by account number.
	Profiles map[string]string
	// Progress is called when something that takes time begins, and returns the function to call at its end.
	Progress func(what string) (end func())
}

// Person answers at a terminal what no flag has answered: an answer goes into the run's Answers.
type Person interface {
	// Who asks for the hub account and the alert addresses.
	Who(*Run) error
	// Where asks for the Regions of the hubs, the users and the targets.
	Where(*Run) error
	// How asks for the role's policies, the instructions, the trail, and from the management account for the credentials.
	How(*Run) error
	// Review shows what will be written, and reports whether it may be.
	Review(*Run) (bool, error)
}

// Run is what is known while a first file is being prepared.
type Run struct {
	Request
	// Caller is nil without usable credentials.
	Caller       *account.Caller
	Organization discover.Organization
	// Regions of the hub account; none where they could not be listed.
	Regions []discover.Region
	// Notes are what the reader of the file should know.
	Notes []string

	// Existing is the text of a file that exists, whose answers are the defaults; nil for a new one.
	Existing []byte
	// Changes are the lines of an existing file that differ.
	Changes []draft.Line

	read []byte         // the file at the beginning
	had  []draft.Target // its targets

	hubProfile string // of the AWS CLI, for the hub account; empty for none
}

// ErrDeclined ends a run in which the person did not want the file to be written.
var ErrDeclined = errors.New("nothing was written; --config names another file")

// Do prepares and writes the file, and returns its content. person is nil if there is no terminal.
func (r *Run) Do(ctx context.Context, person Person) (*config.Config, error) {
	if err := file.Check(r.File); err != nil {
		return nil, err
	}
	if err := r.readExisting(); err != nil {
		return nil, err
	}
	noCaller := r.findCaller(ctx)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if noCaller != nil && r.Profile != "" {
		return nil, fmt.Errorf("nothing was written; profile %s cannot be used: %w", r.Profile, noCaller)
	}
	if person == nil {
		if err := r.missing(noCaller); err != nil {
			return nil, err
		}
	}
	if noCaller != nil {
		r.note("AWS was not asked: " + noCaller.Error())
	}
	if err := r.checkFlags(); err != nil {
		return nil, err
	}
	r.findOrganization(ctx)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if person != nil {
		if err := person.Who(r); err != nil {
			return nil, err
		}
	}
	r.settleHub()
	if err := r.findRegions(ctx); err != nil {
		return nil, err
	}
	if person != nil {
		if err := person.Where(r); err != nil {
			return nil, err
		}
		if err := person.How(r); err != nil {
			return nil, err
		}
	}
	text, err := r.text()
	if err != nil {
		return nil, err
	}
	if person != nil {
		if sure, err := person.Review(r); err != nil || !sure {
			return nil, cmp.Or(err, ErrDeclined)
		}
	}
	return r.write(text)
}

// InManagement reports whether the caller is in the organization's management account, whose role opens every other account.
func (r *Run) InManagement() bool {
	return r.Caller != nil && r.Caller.Account == r.Organization.Management
}

// missing names at once all flags that only a person could replace.
func (r *Run) missing(noCaller error) error {
	var flags []string
	if len(r.Answers.Email) == 0 {
		flags = append(flags, "--email ADDRESS: an alert email address; repeat it for several")
	}
	if r.Answers.HubAccount == "" && noCaller != nil {
		flags = append(flags, "--hub-account NUMBER, or usable credentials: "+noCaller.Error())
	}
	if len(flags) == 0 {
		return nil
	}
	return errors.New("no terminal for questions; pass\n  " + strings.Join(flags, "\n  "))
}

// readExisting takes what a file has that exists already as answers, where no flag gives another.
func (r *Run) readExisting() error {
	if r.Force {
		return nil
	}
	text, err := os.ReadFile(r.File)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	r.read = text
	if bytes.Equal(text, config.Shipped()) {
		return nil // the example has nobody's answers
	}
	c, err := config.Parse(r.File, text)
	if err != nil {
		return fmt.Errorf("%s exists and has errors; correct them first, or pass --force to write a new file:\n%w", r.File, err)
	}
	r.Existing, r.had = text, draft.AnswersOf(c).Targets
	have, a := draft.AnswersOf(c), &r.Answers
	take := func(q Question, value func()) {
		if !r.Answered(q) {
			value()
		}
	}
	take(HubAccount, func() { a.HubAccount = have.HubAccount })
	take(Email, func() { a.Email = have.Email })
	take(HubRegion, func() { a.HubRegion = have.HubRegion })
	take(Standby, func() { a.Standby = have.Standby })
	take(Users, func() { a.Users = have.Users })
	take(Targets, func() { a.Targets = have.Targets })
	take(Access, func() { a.Access = have.Access })
	take(Instructions, func() { a.Instructions = have.Instructions })
	take(Policies, func() { a.Policies = have.Policies })
	take(Trail, func() { a.Trail = have.Trail })
	if r.Answered(Unwatched) {
		return fmt.Errorf("%s exists: list the Region under unwatched there, then run breakglass regions --write", r.File)
	}
	return nil
}

// findCaller returns why there is no caller.
func (r *Run) findCaller(ctx context.Context) error {
	region := r.Region
	if region == "" {
		region = r.Answers.HubRegion
	}
	if _, _, ok := config.LookupRegion(region); !ok {
		region = config.DefaultRegion // an unknown one is reported with the other answers
	}
	defer r.Progress("asking AWS whose credentials these are")()
	var err error
	r.Caller, err = account.Load(ctx, r.Profile, region)
	return err
}

func (r *Run) findOrganization(ctx context.Context) {
	if r.Caller == nil {
		return
	}
	defer r.Progress("asking AWS about the organization")()
	r.Organization = discover.Ask(ctx, organizations.NewFromConfig(r.Caller.In(config.DefaultRegion)))
}

// settleHub settles the hub account, and notes what is wrong with it.
func (r *Run) settleHub() {
	if r.Answers.HubAccount == "" && r.Caller != nil {
		r.Answers.HubAccount = r.Caller.Account
	}
	r.Notes = append(r.Notes, r.Organization.Notes...)
	if r.Organization.Management != "" && r.Answers.HubAccount == r.Organization.Management {
		r.note(ManagementWarning(r.Answers.HubAccount))
	}
}

// ManagementWarning returns the warning against a hub in the organization's management account.
func ManagementWarning(number string) string {
	return number + " is the management account of the organization, where service control policies have no effect; use a member account " +
		"with few users as the hub (--hub-account)"
}

// findRegions asks the hub account for its Regions, with the access that the file will have.
func (r *Run) findRegions(ctx context.Context) error {
	if r.Caller != nil {
		end := r.Progress("listing the Regions of " + r.Answers.HubAccount)
		found, err := r.listRegions(ctx)
		end()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		r.Regions = found
		if err != nil {
			r.note("the enabled Regions are not known, so the file watches those that are always enabled; run breakglass regions later: " + err.Error())
		}
	}
	if unknown := discover.Unknown(r.Regions); len(unknown) > 0 {
		r.note("enabled, but not watched, since this version cannot name them: " + strings.Join(unknown, ", "))
	}
	return nil
}

func (r *Run) listRegions(ctx context.Context) ([]discover.Region, error) {
	file := &config.Config{
		Hub:    config.Hub{Account: r.Answers.HubAccount, Region: config.DefaultRegion},
		Deploy: config.Deploy{Access: r.Answers.Access, AccessRole: config.DefaultAccessRole},
	}
	keys := account.NewKeys(r.Caller, file, r.Profiles)
	r.hubProfile = keys.CLIProfile(r.Answers.HubAccount, r.Profile)
	return discover.RegionsOf(ctx, keys, r.Answers.HubAccount, config.DefaultRegion)
}

func (r *Run) note(text string) { r.Notes = append(r.Notes, text) }

// text checks the answers as the file that they make, and returns it.
func (r *Run) text() ([]byte, error) {
	if err := r.settleRegions(); err != nil {
		return nil, err
	}
	r.settleNames()
	if r.Existing != nil {
		text, err := draft.Edit(r.File, r.Existing, r.Answers)
		r.Changes = draft.Difference(r.Existing, text)
		return text, err
	}
	if err := r.Answers.Check(); err != nil {
		return nil, fmt.Errorf("nothing was written, because the file would be invalid:\n%w", err)
	}
	text, err := r.Answers.Text()
	if err != nil {
		return nil, err
	}
	return draft.WithSchema(text, schemaFor(r.File)), nil
}

// schemaFor returns the path from a file to the schema: beside the file, or in the working directory, which is the project's. It is
// empty where neither has one, or where an editor would not read the path to its end.
func schemaFor(path string) string {
	folder, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return ""
	}
	for _, beside := range []string{folder, "."} {
		at, err := filepath.Abs(filepath.Join(beside, draft.SchemaFile))
		if err != nil {
			continue
		}
		relative, err := filepath.Rel(folder, at)
		if _, missing := os.Stat(at); err != nil || missing != nil || strings.ContainsFunc(relative, unicode.IsSpace) {
			continue
		}
		if relative = filepath.ToSlash(relative); !strings.HasPrefix(relative, "../") {
			relative = "./" + relative
		}
		return relative
	}
	return ""
}

// write writes the file.
func (r *Run) write(text []byte) (*config.Config, error) {
	c, err := config.Parse(r.File, text)
	if err != nil {
		return nil, err
	}
	// Questions take time: the file may have been written meanwhile.
	if now, err := os.ReadFile(r.File); err == nil && !r.Force && !bytes.Equal(now, r.read) {
		return nil, fmt.Errorf("nothing was written: %s was changed meanwhile; run breakglass init again", r.File)
	}
	return c, file.Edit(r.File, text)
}
