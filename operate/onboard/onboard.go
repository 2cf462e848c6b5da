// Package onboard writes a first breakglass.yaml: it asks AWS about the account, takes the other answers from flags or from a
// person, checks them and writes the file. It may import config, the packages discover and draft, and internal packages, but
// neither the CDK nor a screen.
package onboard

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/organizations"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
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
)

// Request is what a run starts with.
type Request struct {
	// File to write. Force overwrites one that exists.
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
	// Overwrite reports whether a file that exists may be overwritten.
	Overwrite(file string) (bool, error)
	// Who asks for the hub account and the alert addresses.
	Who(*Run) error
	// Where asks for the Regions of the hubs, the users and the targets.
	Where(*Run) error
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

	overwrite bool
}

// ErrDeclined ends a run in which the person did not want the file that exists to be overwritten.
var ErrDeclined = errors.New("nothing was written; --config names another file")

// Do prepares and writes the file, and returns its content. person is nil if there is no terminal.
func (r *Run) Do(ctx context.Context, person Person) (*config.Config, error) {
	noCaller := r.findCaller(ctx)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if person == nil {
		if err := r.missing(noCaller); err != nil {
			return nil, err
		}
	} else if err := r.mayOverwrite(person); err != nil {
		return nil, err
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
	}
	return r.write()
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
	if r.exists() && !r.Force {
		flags = append(flags, "--force to overwrite "+r.File+", which exists, or --config for another file")
	}
	if len(flags) == 0 {
		return nil
	}
	return errors.New("no terminal for questions; pass\n  " + strings.Join(flags, "\n  "))
}

func (r *Run) exists() bool {
	_, err := os.Lstat(r.File)
	return err == nil
}

// mayOverwrite asks about a file that exists, before the other questions.
func (r *Run) mayOverwrite(person Person) error {
	if r.Force || !r.exists() {
		return nil
	}
	sure, err := person.Overwrite(r.File)
	if err == nil && !sure {
		err = ErrDeclined
	}
	r.overwrite = sure
	return err
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
		r.note("enabled, but unknown to this version and therefore not watched: " + strings.Join(unknown, ", "))
	}
	return nil
}

func (r *Run) listRegions(ctx context.Context) ([]discover.Region, error) {
	file := &config.Config{
		Hub:    config.Hub{Account: r.Answers.HubAccount, Region: config.DefaultRegion},
		Deploy: config.Deploy{Access: r.Answers.Access, AccessRole: config.DefaultAccessRole},
	}
	return discover.RegionsOf(ctx, account.NewKeys(r.Caller, file, r.Profiles), r.Answers.HubAccount, config.DefaultRegion)
}

func (r *Run) note(text string) { r.Notes = append(r.Notes, text) }

// write checks the answers as the file that they make, and writes it.
func (r *Run) write() (*config.Config, error) {
	if err := r.settleRegions(); err != nil {
		return nil, err
	}
	r.settleNames()
	if err := r.Answers.Check(); err != nil {
		return nil, fmt.Errorf("nothing was written, because the file would be invalid:\n%w", err)
	}
	text, err := r.Answers.Text()
	if err != nil {
		return nil, err
	}
	c, err := config.Parse(r.File, text)
	if err != nil {
		return nil, err
	}
	// Questions take time: the file may have been written meanwhile.
	if r.exists() && !r.Force && !r.overwrite {
		return nil, fmt.Errorf("nothing was written: %s exists by now; pass --force to overwrite it", r.File)
	}
	return c, draft.Write(r.File, text)
}
