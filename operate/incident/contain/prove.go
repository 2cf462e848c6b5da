package contain

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/page"
	"example.com/breakglass/operate/incident/chain"
	"example.com/breakglass/operate/incident/events"
)

// Session are credentials of somebody who is contained: calls with them prove what IAM's simulator only says.
type Session struct {
	// From is where they are from: a profile, or the environment.
	From string
	// Found reports that nobody named them: they are left alone if they are of somebody else.
	Found bool

	key, identity func(context.Context) (string, error)
	call          func(context.Context) error
}

// ProofCall is the call that has to be refused. It only reads, takes no parameter, is authorized by IAM like any other, and IAM says in its refusal
// whether a policy denied it. sts:GetCallerIdentity would prove nothing: no policy refuses it.
const ProofCall = "iam:ListAccountAliases"

// NewSession returns a session with the credentials of a configuration.
func NewSession(from string, found bool, cfg aws.Config) Session {
	return Session{
		From: from, Found: found,
		key: func(ctx context.Context) (string, error) {
			credentials, err := cfg.Credentials.Retrieve(ctx)
			return credentials.AccessKeyID, err
		},
		identity: func(ctx context.Context) (string, error) {
			out, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
			if err != nil {
				return "", err
			}
			return aws.ToString(out.Arn), nil
		},
		call: func(ctx context.Context) error {
			_, err := iam.NewFromConfig(cfg).ListAccountAliases(ctx, &iam.ListAccountAliasesInput{MaxItems: aws.Int32(1)})
			return err
		},
	}
}

// Verdict is what calls with a session have shown.
type Verdict string

// The verdicts.
const (
	// Refused means that a policy denies the call, or that AWS does not accept the key any more.
	Refused Verdict = "refused"
	// Expired means that the credentials have run out: nothing is proved, and nobody can use them.
	Expired Verdict = "run out"
	// Works means that the call is admitted.
	Works Verdict = "STILL WORKS"
	// Unproved means that AWS did not answer, or refused the call without a deny.
	Unproved Verdict = "not proved"
)

// Proof is what the calls with one session have shown.
type Proof struct {
	// From, Key and Identity say which credentials they are. Identity is empty where a key was inactive from the beginning.
	From     string `json:"from"`
	Key      string `json:"key"`
	Identity string `json:"identity,omitempty"`
	// Issued is when they were, as the records of the incident say; zero if these do not, and for keys that last.
	Issued  time.Time `json:"issued,omitzero"`
	Verdict Verdict   `json:"verdict"`
	// Why has AWS's words.
	Why string `json:"why,omitempty"`
	// Before reports that the call was refused before the first measure, too: then the refusal is not the containment's.
	Before bool `json:"refusedBefore,omitempty"`
	// Seconds is the time from the first measure, or from the first call without one, until the calls were refused for good; Calls is their number.
	Seconds float64 `json:"seconds"`
	Calls   int     `json:"calls"`

	session Session
	ended   bool
}

// OK reports whether nobody can use the credentials.
func (p *Proof) OK() bool { return p.Verdict == Refused || p.Verdict == Expired }

// Who says which credentials they are.
func (p *Proof) Who() string {
	var parts []string
	if p.Identity != "" {
		parts = append(parts, page.Clean(p.Identity))
	}
	if p.Key != "" {
		parts = append(parts, "key "+page.Clean(p.Key))
	}
	switch {
	case !p.Issued.IsZero():
		parts = append(parts, "issued "+p.Issued.UTC().Format(time.RFC3339))
	case strings.HasPrefix(p.Key, "ASIA"):
		parts = append(parts, "the records do not say when it was issued")
	}
	return page.Clean(p.From) + " (" + strings.Join(parts, ", ") + ")"
}

// Title says what the calls have shown.
func (p *Proof) Title() string {
	text := p.Who() + ": " + string(p.Verdict)
	switch {
	case p.Verdict == Refused && p.ended:
	case p.Verdict == Refused && p.Calls > 0:
		text += fmt.Sprintf(" after %.0f s", p.Seconds)
	case p.Verdict == Works:
		text += fmt.Sprintf(" after %.0f s: %s was admitted", p.Seconds, ProofCall)
	}
	if p.Why != "" {
		text += ": " + page.Clean(p.Why)
	}
	if p.Before {
		text += "; it was refused before the first measure, too"
	}
	return text
}

var (
	// denied matches how AWS says that a policy denies; newer answers name the policy (IAM user guide, access denied error messages).
	denied = regexp.MustCompile(`explicit deny\b.*`)
	// refusedOne matches who is refused.
	refusedOne = regexp.MustCompile(`^User: (\S+) is not authorized`)
)

// judge returns what an answer to the call shows.
func judge(err error) (Verdict, string) {
	if err == nil {
		return Works, ""
	}
	var api smithy.APIError
	if !errors.As(err, &api) {
		return Unproved, account.Explain(err, "calling "+ProofCall).Error()
	}
	switch message := api.ErrorMessage(); api.ErrorCode() {
	case "InvalidClientTokenId", "UnrecognizedClientException":
		return Refused, "AWS does not accept the key any more"
	case "ExpiredToken", "ExpiredTokenException", "RequestExpired":
		return Expired, ""
	default:
		if found := denied.FindString(message); found != "" {
			return Refused, found
		}
		return Unproved, api.ErrorCode() + ": " + message
	}
}

// known asks each session who it is. The error is for one that somebody named and that is nobody's whom the measures are about.
func (r *run) known(ctx context.Context, measures []Measure) (all []*Proof, err error) {
	for _, s := range r.Sessions {
		p, err := r.identify(ctx, s, measures)
		if err != nil && s.Found {
			continue
		}
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(all, func(other *Proof) bool { return other.Key == p.Key && p.Key != "" }) {
			continue // the same credentials, named twice
		}
		all = append(all, p)
	}
	return all, nil
}

func (r *run) identify(ctx context.Context, s Session, measures []Measure) (*Proof, error) {
	p := &Proof{From: s.From, session: s}
	other := func(who string) error {
		return fmt.Errorf("%s is %s, whom this incident does not contain; name a profile with credentials of one of its users, or of a session of role %s", s.From,
			page.Clean(who), r.Config.Role.Name)
	}
	var err error
	if p.Key, err = s.key(ctx); err != nil { // a person may have to type a code: that has no limit of time
		// A profile that enters a role gets no session any more.
		var api smithy.APIError
		if errors.As(err, &api) {
			verdict, why := judge(err)
			if m := refusedOne.FindStringSubmatch(api.ErrorMessage()); m != nil && verdict == Refused {
				if !r.contains(m[1], "") {
					return nil, other(m[1])
				}
				p.Identity, p.Verdict, p.Why, p.ended = m[1], verdict, "it gets no session: "+why, true
				return p, nil
			}
		}
		return nil, account.Explain(err, "taking the credentials of "+s.From)
	}
	asking, cancel := context.WithTimeout(ctx, account.Patience)
	defer cancel()
	if p.Identity, err = s.identity(asking); err != nil {
		verdict, why := judge(err)
		switch {
		case verdict == Expired:
			p.Verdict, p.Why, p.ended = verdict, "who it was is not known", true
			return p, nil
		case verdict == Refused && slices.ContainsFunc(measures, func(m Measure) bool { return m.Kind == Key && m.Key == p.Key }):
			p.Verdict, p.Why, p.ended = verdict, why, true
			return p, nil
		}
		return nil, account.Explain(err, "asking who "+s.From+" is")
	}
	if !r.contains(p.Identity, p.Key) {
		return nil, other(p.Identity)
	}
	for _, c := range r.Calls {
		if p.Issued.IsZero() && c.Identity.AccessKey == p.Key {
			p.Issued = c.Created()
		}
		if p.Issued.IsZero() && events.Text(c.Response, "credentials.accessKeyId") == p.Key {
			p.Issued = c.Time
		}
	}
	return p, nil
}

// contains reports whether the measures end what somebody can do.
func (r *run) contains(who, key string) bool {
	at := r.Config.HubPlace()
	if slices.ContainsFunc(r.Users, func(name string) bool { return at.User(name) == who }) {
		return true
	}
	for _, number := range accountsOf(r.Config) {
		if strings.HasPrefix(who, at.Of(number).Global("sts", "assumed-role/"+r.Config.Role.Name+"/")) {
			return true
		}
	}
	for _, p := range r.Principals {
		switch {
		case p.Kind == chain.Federated && who == at.Of(p.Account).Global("sts", "federated-user/"+p.Name),
			p.Kind == chain.Made && who == at.Of(p.Account).User(p.Name) && (!p.Own || slices.Contains(p.Keys, key)):
			return true
		}
	}
	return false
}

// often is the longest pause between two calls; refusals is how many in a row end a proof.
const (
	often    = 2 * time.Second
	refusals = 3
)

// ProofHolds is how many times the hold a session is called when all measures hold.
const ProofHolds = 4

// prove calls with each session until it is refused several times in a row, after settled is closed, or for a bounded time from then.
func (r *run) prove(ctx context.Context, proofs []*Proof, settled <-chan struct{}) {
	var all sync.WaitGroup
	for _, p := range proofs {
		all.Go(func() { r.proveOne(ctx, p, settled) })
	}
	all.Wait()
}

func (r *run) proveOne(ctx context.Context, p *Proof, settled <-chan struct{}) {
	began, pause := time.Now(), min(often, r.Hold/inARow)
	last := func() (done bool) {
		select {
		case <-settled:
			return true
		default:
			return false
		}
	}
	var since, until time.Time
	for row := 0; !p.ended; {
		over := last()
		asking, cancel := context.WithTimeout(ctx, account.Patience)
		verdict, why := judge(p.session.call(asking))
		cancel()
		if ctx.Err() != nil {
			return
		}
		p.Calls++
		if row++; !(&Proof{Verdict: verdict}).OK() || p.Verdict != verdict {
			row, since = 1, time.Now()
		}
		p.Verdict, p.Why, p.Seconds = verdict, why, since.Sub(began).Seconds()
		if !p.OK() {
			p.Seconds = time.Since(began).Seconds()
		}
		if over && until.IsZero() {
			until = time.Now().Add(ProofHolds * r.Hold)
		}
		if over && (row >= refusals || !time.Now().Before(until)) {
			return
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return
		}
	}
}

// proved writes down what the calls have shown.
func (r *run) proved(proofs []*Proof) error {
	for _, p := range proofs {
		if err := r.note(Event{What: Proved, Proof: p}); err != nil {
			return err
		}
	}
	return nil
}

// Prove calls with the sessions of the options, and changes nothing: measures are those that are in force.
func Prove(ctx context.Context, o Options, measures []Measure) ([]*Proof, error) {
	return newRun(o).proveAll(ctx, measures)
}

func (r *run) proveAll(ctx context.Context, measures []Measure) ([]*Proof, error) {
	proofs, err := r.known(ctx, measures)
	if err != nil {
		return nil, err
	}
	settled := make(chan struct{})
	close(settled)
	r.prove(ctx, proofs, settled)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return proofs, r.proved(proofs)
}
