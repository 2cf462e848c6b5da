package contain

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/organizations"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
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
	// Unknown says what the folder lacks: whom that would show is not contained.
	Unknown []string
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
	// ids has the name of each of the users whose ID is known, was what one was called before, idOf the ID of each user who is there, by name.
	ids, was, idOf map[string]string
	iamOf          func(ctx context.Context, number string) (iamAPI, error)

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
	r := &run{Options: o, texts: map[string]string{}, errs: map[string]Event{}, ever: map[string]bool{}, undone: map[string]time.Time{},
		ids: map[string]string{}, was: map[string]string{}, idOf: map[string]string{}}
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
	for round := 0; ; round++ {
		if err := r.settle(ctx, p.Measures); err != nil {
			return nil, err
		}
		more, err := p.follow(ctx)
		if err != nil {
			return nil, err
		}
		if round > 0 && !more {
			break
		}
		if round == mostFollowed {
			r.result.Open = append(r.result.Open, "somebody still renamed users or made keys when this ended: run it again")
			break
		}
		// Whoever got a new session before the users were denied everywhere has it ended now.
		if err := r.all(ctx, p.Measures, Role, func(m *Measure) error { return r.taken(ctx, m) }); err != nil {
			return nil, err
		}
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

// errNothing is the error for a folder without measures.
var errNothing = errors.New("nothing to release: the folder of the incident has no measure that is in force")
