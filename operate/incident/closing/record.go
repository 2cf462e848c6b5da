package closing

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
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

var closedTemplate = page.New(closedText, template.FuncMap{"clean": page.Clean})

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
	var others []other
	var err error
	if r.Files, others, err = hashes(s.Folder, folder.Closed, folder.ClosedPage); err != nil {
		return nil, "", err
	}
	if len(others) > 0 {
		return nil, "", fmt.Errorf("not closed: %s, whose content no hash can stand for; remove it, or put a file in its place", others[0])
	}
	text, err := closedTemplate.Of(r)
	if err != nil {
		return nil, "", err
	}
	if err := s.Folder.Write(folder.ClosedPage, text); err != nil {
		return nil, "", err
	}
	r.Files = append(r.Files, manifest.Of(folder.ClosedPage, text))
	asJSON, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return nil, "", err
	}
	asJSON = append(asJSON, '\n')
	return r, manifest.Of("", asJSON).SHA256, s.Folder.Write(folder.Closed, asJSON)
}

// other is something in a folder that is no file.
type other struct{ name, is string }

// String says what it is.
func (o other) String() string { return page.Clean(o.name) + " is " + o.is }

// hashes returns the files of a folder, without some, and what is no file, of which none is left out: what a link leads to may change while
// the folder stays the same.
func hashes(f *folder.Folder, without ...string) (files []manifest.File, others []other, err error) {
	names, err := f.Names()
	if err != nil {
		return nil, nil, err
	}
	files = []manifest.File{}
	for _, name := range names {
		content, err := file.ReadPlain(filepath.Join(f.Path, name), 4<<30)
		var not *file.NotRegular
		switch {
		case errors.As(err, &not):
			others = append(others, other{name, not.Is})
		case err != nil:
			return nil, nil, err
		case !slices.Contains(without, name):
			files = append(files, manifest.Of(name, content))
		}
	}
	return files, others, nil
}

// errNotClosed is the error for a folder without a record.
type errNotClosed struct{ path string }

func (e errNotClosed) Error() string { return e.path + " is not closed" }

// Is makes it an error for a file that is not there.
func (errNotClosed) Is(target error) bool { return target == fs.ErrNotExist }

// Signed returns the signed-off record of a folder. The error is fs.ErrNotExist while there is none.
func Signed(f *folder.Folder) (*Record, error) {
	r, _, err := signed(f)
	return r, err
}

// signed returns the text of the record, too.
func signed(f *folder.Folder) (*Record, []byte, error) {
	text, err := file.Read(filepath.Join(f.Path, folder.Closed), most)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("%w: %s", errNotClosed{f.Path}, f.NextCommand("close", "--sign", "--name", "NAME"))
	}
	if err != nil {
		return nil, nil, err
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
	now, others, err := hashes(f, folder.Closed)
	if err != nil {
		return nil, "", err
	}
	was := slices.DeleteFunc(r.Files, func(signed manifest.File) bool {
		return slices.ContainsFunc(others, func(o other) bool { return o.name == signed.Name }) // it is not missing, but something else now
	})
	differs = manifest.Compare(was, now)
	for _, o := range others {
		differs = append(differs, o.String())
	}
	return differs, manifest.Of("", text).SHA256, nil
}
