package contain

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/organizations"

	"example.com/breakglass/access"
	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/page"
	"example.com/breakglass/operate/incident/chain"
	"example.com/breakglass/place"
)

// Options of a run.
type Options struct {
	Config *config.Config
	Keys   account.Opener
	// Incident is the ID of the incident, which its policies have in their names.
	Incident string
	// Caller is the ARN of who runs it.
	Caller string
	// Users are those of the incident.
	Users []string
	// Principals are those of the chain: keys and users that they made are contained, too.
	Principals []*chain.Principal
	// Calls are those of the chain: they show who signed in to a console.
	Calls []*chain.Call
	// Hold is how long everything has to hold; 0 means DefaultHold.
	Hold time.Duration
	// Leftovers is the command that looks for what was created.
	Leftovers string
	// Sessions are credentials of the contained: calls with them prove that they are refused.
	Sessions []Session
	// Note gets each event as it comes, one at a time; its error ends the run.
	Note func(Event) error
}

// Result is what holds in the end.
type Result struct {
	// Hold and Failed are the measures that are in force, and those that are not.
	Hold   []Measure `json:"hold"`
	Failed []Event   `json:"failed"`
	// Undone are the measures that somebody undid while they were taken.
	Undone []Event `json:"undone"`
	// Verified has a line for each user and role that IAM's simulator refuses everything; Open for each that it does not, or that could not be asked.
	Verified []string `json:"verified"`
	Open     []string `json:"open"`
	// Proofs are what calls with the sessions have shown.
	Proofs []*Proof `json:"proofs,omitempty"`
	// Remains says what this cannot end.
	Remains []string `json:"remains"`
	// Others are the IDs of incidents that were contained before, too.
	Others []string `json:"others,omitempty"`
	// Rounds is how often everything was read.
	Rounds int `json:"rounds"`
}

// OK reports whether everything is contained.
func (r *Result) OK() bool {
	return len(r.Failed) == 0 && len(r.Open) == 0 && !slices.ContainsFunc(r.Proofs, func(p *Proof) bool { return !p.OK() })
}

// Plan is what a run would do.
type Plan struct {
	Measures []Measure
	// Without has the measures that cannot be taken, with the reason.
	Without []string
	// Others are the IDs of incidents that are contained now, too.
	Others []string
	// Proofs are of those whose calls are to be refused.
	Proofs []*Proof

	run *run
}

// DefaultHold is how long everything has to hold: IAM takes seconds until a change is seen everywhere.
const DefaultHold = 25 * time.Second

// How often everything is read in that time, and how long it may take until it holds.
const (
	inARow  = 5
	longest = 10 * time.Minute
)

type run struct {
	Options
	organization organizationsAPI
	principals   []string
	iamOf        func(ctx context.Context, number string) (iamAPI, error)

	mutex sync.Mutex
	// set texts of policies, by measure.
	texts map[string]string
	// ever has the measures that were intended once: from then on, what is there may be our own.
	ever map[string]bool
	// undone has when each measure was last seen undone.
	undone map[string]time.Time
	// shared is why users stay denied and keys inactive: another incident is contained, or that is not known.
	shared error
	// errs are the last failures, by measure.
	errs   map[string]Event
	result Result
}

func (r *run) set(id, text string) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.texts[id] = text
}

func (r *run) get(id string) string {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.texts[id]
}

func (r *run) begun(id string) bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.ever[id]
}

// failure returns why a measure failed last; empty if it did not.
func (r *run) failure(id string) string {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.errs[id].Why
}

// contested reports whether somebody undid a measure within the time for which everything has to hold.
func (r *run) contested(id string) bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	at, ever := r.undone[id]
	return ever && time.Since(at) < r.Hold
}

// denyAll returns the ARN of the policy of AWS that denies everything. Nobody can change it.
func (r *run) denyAll() string {
	at := r.Config.HubPlace()
	at.Account = "aws"
	return at.Policy("AWSDenyAll")
}

// policyName returns the name of the service control policy, revokeName that of the policy that ends sessions. Each incident has its own: what
// one releases may be what another one still needs.
func (r *run) policyName() string { return PolicyName + "-" + r.Incident }
func (r *run) revokeName() string { return revokePolicy + "-" + r.Incident }

func newRun(o Options) *run {
	if o.Hold <= 0 {
		o.Hold = DefaultHold
	}
	r := &run{Options: o, texts: map[string]string{}, errs: map[string]Event{}, ever: map[string]bool{}, undone: map[string]time.Time{}}
	r.iamOf = func(ctx context.Context, number string) (iamAPI, error) {
		cfg, err := o.Keys.In(ctx, number, o.Config.Hub.Region)
		if err != nil {
			return nil, err
		}
		return iam.NewFromConfig(cfg), nil
	}
	return r
}

// organizationIn returns access to Organizations, which has one endpoint.
func (r *run) organizationIn(ctx context.Context, number string) (organizationsAPI, error) {
	cfg, err := r.Keys.In(ctx, number, place.GlobalRegion)
	if err != nil {
		return nil, err
	}
	return organizations.NewFromConfig(cfg), nil
}

// New returns what a run would do. It refuses to be run by those whom it contains.
func New(ctx context.Context, o Options) (*Plan, error) { return newRun(o).plan(ctx, nil) }

func (r *run) plan(ctx context.Context, hub organizationsAPI) (p *Plan, err error) {
	for _, name := range r.Users {
		r.principals = append(r.principals, r.Config.HubPlace().User(name))
	}
	if r.contains(r.Caller, "") || strings.Contains(r.Caller, ":assumed-role/"+r.Config.Role.Name+"/") {
		return nil,
			fmt.Errorf("%s is contained by this, and would end itself halfway: run it with other credentials, those of an administrator of the hub account or of the management account, with --profile. "+
				"In the shell of breakglass enter, its own credentials then prove that they are refused", page.Clean(r.Caller))
	}
	r.principals = append(r.principals, r.Config.HubPlace().Of("*").Role(r.Config.Role.Name))
	p = &Plan{run: r}
	rest := p.made()
	p.controls(ctx, hub)
	if len(rest) > 0 && slices.ContainsFunc(p.Measures, func(m Measure) bool { return m.Kind == Control }) {
		p.Without = append(p.Without,
			fmt.Sprintf("not in the service control policy, which holds %d characters: %s", access.MaxOrganizationPolicy, strings.Join(rest, ", ")))
	}
	for _, name := range r.Users {
		p.Measures = append(p.Measures, Measure{Kind: User, Account: r.Config.Hub.Account, Name: name})
	}
	for _, t := range r.Config.Targets {
		p.Measures = append(p.Measures, Measure{Kind: Role, Account: t.Account, Name: r.Config.Role.Name})
	}
	if p.Others, err = r.others(ctx); err != nil {
		p.Without = append(p.Without, "whether another incident is contained is not known: "+account.Explain(err, "listing the policies of the role").Error())
	}
	if err := p.keys(ctx); err != nil {
		return nil, err
	}
	if p.Proofs, err = r.known(ctx, p.Measures); err != nil {
		return nil, err
	}
	// What is refused already proves little afterwards.
	for _, proof := range p.Proofs {
		if !proof.ended {
			asking, cancel := context.WithTimeout(ctx, account.Patience)
			verdict, _ := judge(proof.session.call(asking))
			cancel()
			proof.Before = verdict == Refused
		}
	}
	return p, nil
}

// made adds users and roles that the chain made to those whom the service control policy denies everything, as many as fit behind the emergency
// users and their role, and returns the rest: whoever makes very many must not make the policy too large for Organizations.
func (p *Plan) made() (rest []string) {
	r, at := p.run, p.run.Config.HubPlace()
	for _, principal := range r.Principals {
		var arn string
		switch {
		case principal.Own:
		case principal.Kind == chain.Made:
			arn = at.Of(principal.Account).User(principal.Name)
		case principal.Kind == chain.Opened:
			arn = at.Of(principal.Account).Role(principal.Name)
		}
		switch {
		case arn == "":
		case len(control(append(slices.Clone(r.principals), arn))) > access.MaxOrganizationPolicy:
			rest = append(rest, arn)
		default:
			r.principals = append(r.principals, arn)
		}
	}
	return rest
}

// controls adds the service control policy, where the management account can be entered.
func (p *Plan) controls(ctx context.Context, hub organizationsAPI) {
	r := p.run
	without := func(err error) {
		p.Without = append(p.Without,
			"no service control policy: "+account.Explain(err, "asking for the organization").Error()+". Whoever is contained can undo the rest until IAM has spread it")
	}
	var err error
	if hub == nil {
		if hub, err = r.organizationIn(ctx, r.Config.Hub.Account); err != nil {
			without(err)
			return
		}
	}
	about, err := hub.DescribeOrganization(ctx, &organizations.DescribeOrganizationInput{})
	if err != nil {
		without(err)
		return
	}
	management := aws.ToString(about.Organization.MasterAccountId)
	if r.organization == nil {
		if r.organization, err = r.organizationIn(ctx, management); err != nil {
			without(err)
			return
		}
	}
	for _, number := range slices.Concat([]string{r.Config.Hub.Account}, accountsOf(r.Config)) {
		if number == management {
			p.Without = append(p.Without, "no service control policy on "+number+": it is the management account, which none restricts")
			continue
		}
		m := Measure{Kind: Control, Account: management, Name: number}
		if !slices.ContainsFunc(p.Measures, func(other Measure) bool { return other.ID() == m.ID() }) {
			p.Measures = append(p.Measures, m)
		}
	}
}

func accountsOf(c *config.Config) (all []string) {
	for _, t := range c.Targets {
		all = append(all, t.Account)
	}
	return all
}

// keys adds the active access keys of the users, and those that the chain made.
func (p *Plan) keys(ctx context.Context) error {
	r := p.run
	api, err := r.iamOf(ctx, r.Config.Hub.Account)
	if err != nil {
		return err
	}
	for _, name := range r.Users {
		status, err := keys(ctx, api, name)
		if err != nil {
			p.Without = append(p.Without, "the access keys of "+name+" are not known: "+account.Explain(err, "listing them").Error())
			continue
		}
		for _, id := range slices.Sorted(maps.Keys(status)) {
			if status[id] == "Active" {
				p.Measures = append(p.Measures, Measure{Kind: Key, Account: r.Config.Hub.Account, Name: name, Key: id})
			}
		}
	}
	for _, principal := range r.Principals {
		if principal.Kind == chain.Made {
			for _, id := range principal.Keys {
				p.Measures = append(p.Measures, Measure{Kind: Key, Account: principal.Account, Name: principal.Name, Key: id})
			}
		}
	}
	return nil
}

// Run takes the measures kind by kind, and reads them again until all hold several times in a row.
func (p *Plan) Run(ctx context.Context) (*Result, error) {
	r := p.run
	if err := r.note(Event{What: Started}); err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	settled, proved := make(chan struct{}), make(chan struct{})
	go func() {
		r.prove(ctx, p.Proofs, settled)
		close(proved)
	}()
	// Nobody calls any more when this returns.
	defer func() { stop(); <-proved }()
	for _, kind := range order {
		if err := r.all(ctx, p.Measures, kind, func(m *Measure) error { return r.taken(ctx, m) }); err != nil {
			return nil, err
		}
	}
	if err := r.settle(ctx, p.Measures); err != nil {
		return nil, err
	}
	if err := p.newKeys(ctx); err != nil {
		return nil, err
	}
	// Whoever got a new session before the users were denied everywhere has it ended now.
	if err := r.all(ctx, p.Measures, Role, func(m *Measure) error { return r.taken(ctx, m) }); err != nil {
		return nil, err
	}
	if err := r.settle(ctx, p.Measures); err != nil {
		return nil, err
	}
	if err := r.conclude(ctx, p.Measures); err != nil {
		return nil, err
	}
	r.verify(ctx)
	close(settled)
	<-proved
	r.remains()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r.result.Proofs = p.Proofs
	if err := r.proved(p.Proofs); err != nil {
		return nil, err
	}
	end := &Conclusion{OK: r.result.OK(), Hold: len(r.result.Hold), Open: r.result.Open, Without: p.Without}
	for _, proof := range p.Proofs {
		if !proof.OK() {
			end.Open = append(slices.Clone(end.Open), proof.Title())
		}
	}
	for _, e := range r.result.Failed {
		end.Failed = append(end.Failed, e.Title()+": "+e.Why)
	}
	r.result.Others = p.Others
	return &r.result, r.note(Event{What: Concluded, Conclusion: end})
}

// newKeys makes the keys of the users inactive that are active only since the plan was made: with them, somebody would be back after the release.
func (p *Plan) newKeys(ctx context.Context) error {
	r := p.run
	api, err := r.iamOf(ctx, r.Config.Hub.Account)
	if err != nil {
		return nil // the measures in that account have failed, and say why
	}
	for _, name := range r.Users {
		status, err := keys(ctx, api, name)
		if err != nil {
			continue // so do those about the user
		}
		for _, id := range slices.Sorted(maps.Keys(status)) {
			if status[id] != "Active" || slices.ContainsFunc(p.Measures, func(m Measure) bool { return m.Key == id }) {
				continue
			}
			m := Measure{Kind: Key, Account: r.Config.Hub.Account, Name: name, Key: id}
			if err := r.note(Event{Measure: m, What: Undone, Why: "it was not active, or not known, when this began"}); err != nil {
				return err
			}
			if err := r.taken(ctx, &m); err != nil {
				return err
			}
			p.Measures = append(p.Measures, m)
			r.mutex.Lock()
			delete(r.undone, m.ID()) // nobody undid it since it was taken
			r.mutex.Unlock()
		}
	}
	return ctx.Err()
}

// errNothing is the error for a folder without measures.
var errNothing = errors.New("nothing to release: the folder of the incident has no measure that is in force")
