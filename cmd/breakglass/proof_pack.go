package main

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"example.com/breakglass/internal/screen"
	"example.com/breakglass/operate/pack"
	"example.com/breakglass/operate/proof"
	"example.com/breakglass/plan"
)

// packFlags are those about evidence packs.
type packFlags struct {
	path, verify, hash string
	include            []string
}

func (f *packFlags) register(set *pflag.FlagSet) {
	set.StringVar(&f.path, "pack", "", "write an evidence pack to this new `folder`, or to a file that ends in .zip")
	set.StringArrayVar(&f.include, "include", nil,
		"`file` with evidence of a drill, an exercise, a check or an earlier proof for the pack, or a folder with such files; repeat the flag for several")
	set.StringVar(&f.verify, "verify", "", "compare the files of an evidence `pack` with its manifest, and do nothing else")
	set.StringVar(&f.hash, "sha256", "", "`hash` of the manifest that was printed when the pack was made, for --verify")
}

// collect reads what goes into the pack, before AWS is asked: what is wrong with it is said at once. It returns nil where none is written.
func (f *packFlags) collect(account string, period proof.Period, incidents []proof.Incident) (*pack.Collection, error) {
	switch {
	case f.hash != "":
		return nil, errors.New("--sha256 needs --verify; add --verify with the pack")
	case f.path == "" && len(f.include) > 0:
		return nil, errors.New("--include needs --pack; add --pack with a new folder or a .zip")
	case f.path == "":
		return nil, nil
	}
	if err := pack.Check(f.path); err != nil {
		return nil, err
	}
	return pack.Collect(account, period, f.include, incidents)
}

func (f *packFlags) write(c *pack.Collection, report *proof.Report, p plan.Plan) (*pack.Pack, error) {
	if c == nil {
		return nil, nil
	}
	made, err := c.Make(report, p, "breakglass "+buildVersion().Version, time.Now())
	if err != nil {
		return nil, err
	}
	return made, made.Write(f.path)
}

// proofValue is what --output json prints.
type proofValue struct {
	*proof.Report
	Pack *packValue `json:"pack,omitempty"`
}

// packValue is the manifest of a pack, with its hash.
type packValue struct {
	pack.Manifest
	SHA256 string `json:"sha256"`
}

func packValueOf(p *pack.Pack) *packValue {
	if p == nil {
		return nil
	}
	return &packValue{p.Manifest, p.SHA256}
}

func printPack(out *screen.Screen, p *pack.Pack) {
	if p == nil {
		return
	}
	titled(out, "Evidence pack: %s", count(len(p.Files), "file"))
	for _, f := range p.Files {
		out.Line("%s: %s", f.Name, f.About)
	}
	for _, left := range p.Left {
		out.Line("%s %s: %s", out.Paint(screen.Yellow, "left out:"), left.Path, left.Why)
	}
	for _, missing := range p.Missing {
		out.Line("%s %s", out.Paint(screen.Yellow, "missing:"), missing)
	}
	out.Line("Note this hash of its manifest where nobody can change it:\n%s", p.SHA256)
}

var hashForm = regexp.MustCompile(`^[0-9a-fA-F]{64}$`)

// verifyPack compares a pack with its manifest.
func verifyPack(cmd *cobra.Command, out *screen.Screen, f packFlags) error {
	for _, other := range []string{"pack", "include", "incident", "html", "since", "from", "to"} {
		if cmd.Flags().Changed(other) {
			return errors.New("--verify and --" + other + " exclude each other; pass one of them")
		}
	}
	noted := cmd.Flags().Changed("sha256")
	if noted && !hashForm.MatchString(f.hash) {
		return fmt.Errorf("--sha256 is %q, which is no SHA-256: it has 64 digits, 0 to 9 and a to f; pass the hash that was noted", f.hash)
	}
	differs, hash, err := pack.Verify(f.verify)
	if err != nil {
		return err
	}
	if noted && !strings.EqualFold(f.hash, hash) {
		differs = append(differs, pack.ManifestFile+" is not the one that was made: its hash is "+hash)
	}
	fine := "every file is as " + pack.ManifestFile + " says; compare its hash with the one that was noted: " + hash
	if noted {
		fine = "every file is as it was when the pack was made; the hash of " + pack.ManifestFile + " is the one that was noted"
	}
	return printVerified(out, differs, hash, fine)
}

// printVerified prints what differs from a list of hashes, or that nothing does.
func printVerified(out *screen.Screen, differs []string, hash, fine string) error {
	for _, text := range differs {
		out.Line("%s %s", out.Mark(false), text)
	}
	if len(differs) == 0 {
		differs = []string{}
		out.Line("%s %s", out.Mark(true), fine)
	}
	if err := out.Value(map[string]any{"differs": differs, "sha256": hash}); err != nil {
		return err
	}
	if len(differs) > 0 {
		return errFound
	}
	return nil
}
