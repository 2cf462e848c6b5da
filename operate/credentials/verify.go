package credentials

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"filippo.io/age"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/dustin/go-humanize/english"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
	"example.com/breakglass/operate/seal"
)

// Checked is what verify found of a file. It has no secret.
type Checked struct {
	File string `json:"file"`
	*seal.Header
	// Days is the age.
	Days int `json:"days"`
	// Opened is whether one of the identities opened it.
	Opened bool `json:"opened"`
	// Proven is whether STS accepted it.
	Proven bool `json:"proven"`
	// Problems say why it would not work, or is due.
	Problems []string `json:"problems,omitempty"`
	// Notes say what was not looked at.
	Notes []string `json:"notes,omitempty"`
}

// OK reports whether nothing is wrong.
func (c *Checked) OK() bool { return len(c.Problems) == 0 }

// Verification is what is verified.
type Verification struct {
	Paths []string
	// Identities open the files; without any, the files are checked from outside.
	Identities []age.Identity
	// Config is compared with the headers, nil where there is none.
	Config *config.Config
	// Session asks STS in the Region of the files with an access key and a code; nil where it must not be asked.
	Session func(region, id, secret string) Sessions
	Now     time.Time
}

// Verify checks sealed files, and shows nothing of what is in them.
func Verify(ctx context.Context, v Verification) []*Checked {
	var all []*Checked
	opened := map[seal.Kind]*opening{}
	for _, path := range v.Paths {
		c := &Checked{File: path}
		all = append(all, c)
		f, err := seal.Read(path)
		if err != nil {
			c.Problems = append(c.Problems, strings.TrimPrefix(err.Error(), path+": "))
			continue
		}
		c.Header = &f.Header
		c.Days = int(v.Now.Sub(f.Created) / config.Day)
		if err := seal.Settled(path); err != nil {
			c.Problems = append(c.Problems, err.Error())
		}
		v.compare(c)
		if err := f.InForce(); err != nil {
			c.Problems = append(c.Problems, err.Error())
			continue
		}
		if len(v.Identities) == 0 {
			c.Notes = append(c.Notes, "not opened: no identity was given (-i)")
			continue
		}
		if secret := v.open(c, f); secret != nil {
			if before := opened[f.Kind]; before != nil {
				before.secret.Wipe() // STS takes one of each kind
			}
			opened[f.Kind] = &opening{c, secret}
		}
	}
	v.prove(ctx, all, opened)
	for _, o := range opened {
		o.secret.Wipe()
	}
	return all
}

// opening is a file that was opened.
type opening struct {
	*Checked
	secret *seal.Secret
}

// open opens a file, and checks that its content is of its kind.
func (v Verification) open(c *Checked, f *seal.File) *seal.Secret {
	secret, err := f.Open(v.Identities...)
	if err != nil {
		c.Problems = append(c.Problems, err.Error())
		return nil
	}
	c.Opened = true
	if f.Kind == seal.MFA {
		code, _, err := secret.Code(v.Now)
		if err != nil {
			c.Problems = append(c.Problems, err.Error())
			return nil
		}
		code.Wipe()
	}
	return secret
}

// compare checks a header against the file of the deployment.
func (v Verification) compare(c *Checked) {
	if v.Config == nil {
		return
	}
	problem := func(format string, args ...any) { c.Problems = append(c.Problems, fmt.Sprintf(format, args...)) }
	if c.Account != v.Config.Hub.Account {
		problem("it is of account %s, and the hub is %s", c.Account, v.Config.Hub.Account)
	}
	if !slices.ContainsFunc(v.Config.Users, func(u config.User) bool { return u.Name == c.User }) {
		problem("breakglass.yaml has no user %s", c.User)
	}
	if c.Role != v.Config.Role.Name {
		problem("its role is %s, and that of breakglass.yaml is %s: rotate it", c.Role, v.Config.Role.Name)
	}
	if !v.Config.Credentials.On() {
		return
	}
	if got, want := slices.Sorted(slices.Values(c.Recipients)), slices.Sorted(slices.Values(heldBy(v.Config, c.Kind))); !slices.Equal(got, want) {
		problem("its holders are not those of breakglass.yaml: rotate it")
	}
	if due := v.Config.Credentials.RotateEvery; v.Now.Sub(c.Created) > due {
		problem("it is %s old, and due after %d: %s", english.Plural(c.Days, "day", ""), int(due/config.Day),
			(&Options{User: c.User, Folder: filepath.Dir(c.File)}).command("rotate"))
	}
}

// prove asks STS for a session with the key and the code. If that was asked for and proves nothing, it is a problem.
func (v Verification) prove(ctx context.Context, all []*Checked, opened map[seal.Kind]*opening) {
	mfa, key := opened[seal.MFA], opened[seal.Key]
	switch {
	case v.Session == nil:
		return
	case mfa == nil || key == nil:
		for _, c := range all {
			c.Problems = append(c.Problems, "not proven by STS: that takes the file and an identity of the key, and of an MFA device")
		}
		return
	case mfa.User != key.User || mfa.Account != key.Account:
		key.Problems = append(key.Problems, "it is of another user than the MFA device")
		return
	}
	code, _, err := mfa.secret.Code(v.Now)
	if err != nil {
		mfa.Problems = append(mfa.Problems, err.Error())
		return
	}
	defer code.Wipe()
	out, err := v.Session(key.Regions[0], key.AccessKey, key.secret.Reveal()).GetSessionToken(ctx, &sts.GetSessionTokenInput{
		SerialNumber: aws.String(mfa.Device), TokenCode: aws.String(code.Reveal()), DurationSeconds: aws.Int32(900),
	})
	if err == nil && out.Credentials == nil {
		err = fmt.Errorf("STS returned no session")
	}
	if err != nil {
		key.Problems = append(key.Problems, account.Explain(err, "asking STS for a session with the key and the code").Error())
		return
	}
	mfa.Proven, key.Proven = true, true
}
