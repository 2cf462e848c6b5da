package pack

import (
	"archive/zip"
	"bytes"
	"cmp"
	_ "embed"
	"encoding/json"
	"html/template"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"example.com/breakglass/internal/file"
	"example.com/breakglass/internal/manifest"
	"example.com/breakglass/internal/page"
	"example.com/breakglass/operate/compliance"
	"example.com/breakglass/operate/proof"
	"example.com/breakglass/plan"
)

// Version is that of the manifest. It changes when a field is removed or gets another meaning, not when one is added.
const Version = 1

// The files that every pack has.
const (
	ManifestFile = "manifest.json"
	indexFile    = "index.html"
	proofFile    = "proof.json"
	proofPage    = "proof.html"
)

// Manifest says what a pack has.
type Manifest struct {
	Version int `json:"version"`
	// Tool is the program that made it, with its version; Made when, and By the ARN of who did.
	Tool       string       `json:"tool"`
	Made       time.Time    `json:"made"`
	By         string       `json:"by"`
	HubAccount string       `json:"hubAccount"`
	Period     proof.Period `json:"period"`
	// Configuration is the file that the evidence is about. A pack does not have it.
	Configuration Configuration `json:"configuration"`
	// Problems is how many problems the proof names.
	Problems int `json:"problems"`
	// Missing is what nothing in the pack shows of the period.
	Missing []string `json:"missing"`
	// Left are the files that were looked at and not taken.
	Left []Left `json:"left"`
	// Files are those of the pack but the manifest itself.
	Files []File `json:"files"`
}

// Configuration is a file by its hash.
type Configuration struct {
	File   string `json:"file"`
	SHA256 string `json:"sha256"`
}

// File is a file of a pack.
type File struct {
	manifest.File
	// Kind is empty for the index.
	Kind compliance.Kind `json:"kind,omitempty"`
	// About says what it shows.
	About string `json:"about"`
	// Serves lists the demands of docs/compliance.md that it is evidence of.
	Serves []string `json:"serves"`
}

// Pack is what is written.
type Pack struct {
	Manifest
	// SHA256 is the hash of the manifest: whoever has noted it knows that no file was replaced.
	SHA256 string
	files  map[string][]byte
}

// Make makes a pack of a collection and a proof of the same period.
func (c *Collection) Make(r *proof.Report, p plan.Plan, tool string, now time.Time) (*Pack, error) {
	all := slices.SortedStableFunc(slices.Values(c.found), func(a, b found) int {
		return cmp.Or(cmp.Compare(slices.Index(compliance.Kinds(), a.kind), slices.Index(compliance.Kinds(), b.kind)), a.at.Compare(b.at),
			strings.Compare(a.name, b.name))
	})
	own, err := ofReport(r)
	if err != nil {
		return nil, err
	}
	all = append(own, all...)
	pack := &Pack{
		Manifest: Manifest{
			Version: Version, Tool: tool, Made: now.UTC().Truncate(time.Second), By: r.By, HubAccount: r.HubAccount, Period: r.Period,
			Configuration: Configuration{page.Clean(r.File), r.SHA256}, Problems: r.Problems, Missing: c.missing(r, p), Left: c.left,
		},
		files: map[string][]byte{},
	}
	for _, f := range all {
		pack.add(File{File: manifest.Of(f.name, f.content), Kind: f.kind, About: f.about, Serves: compliance.Of(f.kind)}, f.content)
	}
	index, err := pack.index()
	if err != nil {
		return nil, err
	}
	pack.add(File{File: manifest.Of(indexFile, index), About: "this pack, to read", Serves: []string{}}, index)
	text, err := json.MarshalIndent(pack.Manifest, "", "  ")
	if err != nil {
		return nil, err
	}
	text = append(text, '\n')
	pack.files[ManifestFile], pack.SHA256 = text, manifest.Of("", text).SHA256
	return pack, nil
}

// ofReport returns the files of the proof itself.
func ofReport(r *proof.Report) ([]found, error) {
	asPage, err := r.Page()
	if err != nil {
		return nil, err
	}
	asJSON, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return nil, err
	}
	e := evidence{kind: compliance.Proof, account: r.HubAccount, at: r.Period.To, logs: r.Logs, passed: r.OK()}
	about := "proof of " + when(r.Period.From) + " to " + when(r.Period.To)
	return []found{{e, proofPage, about + ", to read", asPage}, {e, proofFile, about, append(asJSON, '\n')}}, nil
}

func (p *Pack) add(f File, content []byte) {
	p.Files = append(p.Files, f)
	p.files[f.Name] = content
}

//go:embed page.html
var pageText string

var pageTemplate = page.New(pageText, template.FuncMap{"when": when})

// Served is a demand of a source with the names of the files that serve it.
type Served struct {
	compliance.Demand
	Files []string
}

// Sources returns the sources with those demands of which a pack may have evidence.
func (p *Pack) Sources() (all []struct {
	Name    string
	Demands []Served
}) {
	for _, s := range compliance.Sources {
		one := struct {
			Name    string
			Demands []Served
		}{Name: s.Name}
		for _, d := range s.Demands {
			if len(d.Evidence) == 0 {
				continue
			}
			d.Asks = strings.ReplaceAll(d.Asks, "*", "")
			served := Served{Demand: d}
			for _, f := range p.Files {
				if slices.Contains(d.Evidence, f.Kind) {
					served.Files = append(served.Files, f.Name)
				}
			}
			one.Demands = append(one.Demands, served)
		}
		all = append(all, one)
	}
	return all
}

// index returns the page that says what the pack has.
func (p *Pack) index() ([]byte, error) {
	return pageTemplate.Of(p)
}

// isArchive reports whether a pack of this path is a single file.
func isArchive(path string) bool { return strings.HasSuffix(strings.ToLower(path), ".zip") }

// Check reports why a pack could not be written, without writing it.
func Check(path string) error {
	if isArchive(path) {
		return file.Check(path)
	}
	return file.CheckNewFolder(path)
}

// Write writes the pack whole or not at all: into an archive if the path ends in .zip, or else into a new folder.
func (p *Pack) Write(path string) error {
	if !isArchive(path) {
		return file.WriteFolder(path, p.files)
	}
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(p.files)) {
		header := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: p.Made}
		header.SetMode(fs.FileMode(0o600))
		to, err := archive.CreateHeader(header)
		if err != nil {
			return err
		}
		if _, err := to.Write(p.files[name]); err != nil {
			return err
		}
	}
	if err := archive.Close(); err != nil {
		return err
	}
	return file.Write(path, out.Bytes())
}
