package closing

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"example.com/breakglass/internal/file"
	"example.com/breakglass/internal/manifest"
	"example.com/breakglass/internal/page"
	"example.com/breakglass/operate/incident/events"
	"example.com/breakglass/operate/incident/folder"
)

// Version is that of the record's JSON. It changes when a field is removed or gets another meaning, not when one is added.
const Version = 1

// Record is the signed-off result.
type Record struct {
	Version int `json:"version"`
	// Signed is when, By the ARN of who signed off, and Name the person.
	Signed     time.Time     `json:"signed"`
	By         string        `json:"by"`
	Name       string        `json:"name"`
	HubAccount string        `json:"hubAccount"`
	Users      []string      `json:"users"`
	Period     events.Period `json:"period"`
	// FirstUse and LastUse are the times of the first and the last call, from the evidence; zero if there is none.
	FirstUse time.Time `json:"firstUse,omitzero"`
	LastUse  time.Time `json:"lastUse,omitzero"`
	Items    []Item    `json:"items"`
	// Files are those of the folder.
	Files []manifest.File `json:"files"`
}

//go:embed closed.html
var closedText string

var closedTemplate = template.Must(template.New("closed").Funcs(page.Functions).Parse(closedText))

// Sign writes the record into the folder, as a page and as JSON, and returns it with the hash of the JSON.
func Sign(s Source, items []Item, by, name string, now time.Time) (*Record, string, error) {
	if open := slices.IndexFunc(items, func(i Item) bool { return i.State == Open }); open >= 0 {
		return nil, "", fmt.Errorf("not closed: %s is open: %s", items[open].Title, items[open].Why)
	}
	if strings.TrimSpace(name) == "" {
		return nil, "", fmt.Errorf("not closed: nobody signs it; pass --name with the name of the person")
	}
	r := &Record{
		Version: Version, Signed: now.UTC(), By: by, Name: page.Clean(name), HubAccount: s.Folder.HubAccount, Users: s.Folder.Users, Period: s.Folder.Period,
		LastUse: s.lastCall(""), Items: items,
	}
	if len(s.Calls) > 0 {
		r.FirstUse = s.Calls[0].Time
	}
	var err error
	if r.Files, err = hashes(s.Folder, folder.Closed, folder.ClosedPage); err != nil {
		return nil, "", err
	}
	var text bytes.Buffer
	if err := closedTemplate.Execute(&text, r); err != nil {
		return nil, "", err
	}
	if err := s.Folder.Write(folder.ClosedPage, text.Bytes()); err != nil {
		return nil, "", err
	}
	r.Files = append(r.Files, manifest.Of(folder.ClosedPage, text.Bytes()))
	asJSON, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return nil, "", err
	}
	asJSON = append(asJSON, '\n')
	return r, manifest.Of("", asJSON).SHA256, s.Folder.Write(folder.Closed, asJSON)
}

// hashes returns the files of a folder, without some.
func hashes(f *folder.Folder, without ...string) ([]manifest.File, error) {
	names, err := f.Files()
	if err != nil {
		return nil, err
	}
	all := []manifest.File{}
	for _, name := range names {
		if slices.Contains(without, name) {
			continue
		}
		content, err := file.Read(filepath.Join(f.Path, name), 4<<30)
		if err != nil {
			return nil, err
		}
		all = append(all, manifest.Of(name, content))
	}
	return all, nil
}

// Signed returns the signed-off record of a folder. The error is fs.ErrNotExist while there is none.
func Signed(f *folder.Folder) (*Record, error) {
	r, _, err := signed(f)
	return r, err
}

// signed returns the text of the record, too.
func signed(f *folder.Folder) (*Record, []byte, error) {
	text, err := file.Read(filepath.Join(f.Path, folder.Closed), most)
	if err != nil {
		return nil, nil, fmt.Errorf("%w; the incident is not closed: breakglass incident close --sign", err)
	}
	var r Record
	if err := json.Unmarshal(text, &r); err != nil || r.Version != Version {
		return nil, nil, fmt.Errorf("%s: this version of breakglass cannot read it; use the one that wrote it", filepath.Join(f.Path, folder.Closed))
	}
	return &r, text, nil
}

// Verify compares the files of a folder with its record, and returns what differs, and the hash of the record itself: whoever has noted that
// hash elsewhere knows that the record was not replaced.
func Verify(f *folder.Folder) (differs []string, hash string, err error) {
	r, text, err := signed(f)
	if err != nil {
		return nil, "", err
	}
	now, err := hashes(f, folder.Closed)
	if err != nil {
		return nil, "", err
	}
	return manifest.Compare(r.Files, now), manifest.Of("", text).SHA256, nil
}
