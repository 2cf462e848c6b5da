// Package folder keeps what is known of an incident: one folder, to which every command about the incident appends lines of JSON as they
// come, so that a run that is cut off loses nothing, and the next one goes on.
package folder

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"example.com/breakglass/internal/file"
	"example.com/breakglass/internal/shell"
	"example.com/breakglass/operate/incident/events"
)

// Version is that of the files in a folder.
const Version = 1

// The files of a folder.
const (
	About    = "incident.json"
	Records  = "records.jsonl"
	Reads    = "reads.jsonl"
	Ledger   = "ledger.jsonl"
	Page     = "report.html"
	Report   = "report.jsonl"
	Timeline = "timeline.csv"
	// Leftovers has what was there when it was looked for, the last line about a thing being the newest.
	Leftovers = "leftovers.jsonl"
	// Contained has what incident contain and release did.
	Contained = "contain.jsonl"
	// Closing has the decisions and the post-mortem, Closed and ClosedPage the signed-off record.
	Closing    = "closing.jsonl"
	Closed     = "closed.json"
	ClosedPage = "closed.html"
)

// Incident is what stays the same in all commands about an incident.
type Incident struct {
	Version int `json:"version"`
	// ID is the name of the folder at first, and some letters that no other folder has.
	ID string `json:"id"`
	// Began is when the folder was made, By is the ARN of who did.
	Began time.Time `json:"began"`
	By    string    `json:"by"`
	// HubAccount has the users.
	HubAccount string        `json:"hubAccount"`
	Users      []string      `json:"users"`
	Period     events.Period `json:"period"`
	// Reads is set if calls that only read are kept, too.
	Reads bool `json:"reads"`
}

// Folder is an open folder.
type Folder struct {
	Path string
	Incident
	// Again has the flags with which a next command reads the same configuration with the same credentials, a space before each.
	Again string

	logs map[string]*file.Log
}

// most is the largest file that is read back.
const most = 4 << 30

// Exists reports whether a path is the folder of an incident.
func Exists(path string) bool {
	_, err := os.Stat(filepath.Join(path, About))
	return err == nil
}

// Create makes the folder of a new incident.
func Create(path string, incident Incident) (*Folder, error) {
	if err := file.CheckFolder(path); err != nil {
		return nil, err
	}
	if err := file.Folder(path); err != nil {
		return nil, err
	}
	incident.Version, incident.ID = Version, id(path)
	text, err := json.MarshalIndent(incident, "", "  ")
	if err != nil {
		return nil, err
	}
	if err := file.Write(filepath.Join(path, About), append(text, '\n')); err != nil {
		return nil, err
	}
	return &Folder{Path: path, Incident: incident, logs: map[string]*file.Log{}}, nil
}

// id returns an ID that the name of a policy may have, from the name of a folder.
func id(path string) string {
	name := []rune(filepath.Base(filepath.Clean(path)))
	for i, r := range name {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_') {
			name[i] = '_'
		}
	}
	return string(name[:min(len(name), 40)]) + "-" + rand.Text()[:6]
}

// Open opens the folder of an incident.
func Open(path string) (*Folder, error) {
	text, err := file.Read(filepath.Join(path, About), most)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: it is no folder of an incident: it has no %s; make one with breakglass incident report", path, About)
	}
	if err != nil {
		return nil, fmt.Errorf("%w; name the folder of an incident", err)
	}
	f := &Folder{Path: path, logs: map[string]*file.Log{}}
	if err := json.Unmarshal(text, &f.Incident); err != nil || f.Version != Version {
		return nil, fmt.Errorf("%s: this version of breakglass cannot read it; use the one that wrote it", filepath.Join(path, About))
	}
	if f.ID == "" { // the first versions gave none
		f.ID = f.Began.UTC().Format("20060102T150405Z")
	}
	return f, nil
}

// NextCommand returns a command about the incident, such as leftovers, with flags of its own.
func (f *Folder) NextCommand(name string, flags ...string) string {
	return "breakglass incident " + shell.Quote(append([]string{name, "--folder", f.Path}, flags...)...) + f.Again
}

// Extend moves the end of the period: the next report also reads what was done until then.
func (f *Folder) Extend(to time.Time) error {
	later := f.Incident
	later.Period.To = to
	text, err := json.MarshalIndent(later, "", "  ")
	if err != nil {
		return err
	}
	if err := f.Write(About, append(text, '\n')); err != nil {
		return err
	}
	f.Incident = later
	return nil
}

// Reported reports whether a report of the whole period was written: until then, what was read is a part. Reports of the first versions do not
// say until when they are, and their period was never moved.
func (f *Folder) Reported() bool {
	report, err := os.Open(filepath.Join(f.Path, Report))
	if err != nil {
		return false
	}
	defer report.Close()
	var first struct {
		Value struct {
			Period events.Period `json:"period"`
		} `json:"value"`
	}
	if json.NewDecoder(report).Decode(&first) != nil {
		return false
	}
	to := first.Value.Period.To
	return to.IsZero() || !to.Before(f.Period.To)
}

// Signed reports whether the incident was signed off: whatever is written from then on is a difference to its record.
func (f *Folder) Signed() bool {
	_, err := os.Lstat(filepath.Join(f.Path, Closed))
	return err == nil
}

// Alone takes a file of the folder for this command, until it ends: contain and release would undo each other.
func (f *Folder) Alone(name string) error {
	log, err := f.log(name)
	if err != nil {
		return err
	}
	return log.Alone()
}

// log returns a file to which lines are appended.
func (f *Folder) log(name string) (*file.Log, error) {
	if log := f.logs[name]; log != nil {
		return log, nil
	}
	log, err := file.Append(filepath.Join(f.Path, name))
	if err != nil {
		return nil, err
	}
	f.logs[name] = log
	return log, nil
}

// Add appends a value to a file of the folder, as one line.
func (f *Folder) Add(name string, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	log, err := f.log(name)
	if err != nil {
		return err
	}
	return log.Line(text)
}

// Write writes a file of the folder whole.
func (f *Folder) Write(name string, content []byte) error {
	return file.Write(filepath.Join(f.Path, name), content)
}

// Close closes the files.
func (f *Folder) Close() error {
	var first error
	for _, log := range f.logs {
		if err := log.Close(); first == nil {
			first = err
		}
	}
	f.logs = map[string]*file.Log{}
	return first
}

// Left is what Each leaves out.
type Left struct {
	// Damaged is the number of lines that cannot be read.
	Damaged int
	// Cut reports that the last line has no end: the command that wrote it was ended. It does not count as damaged.
	Cut bool
}

// Each passes each line of a file of the folder to take; none if there is no such file.
func Each[T any](f *Folder, name string, take func(T)) (left Left, err error) {
	text, err := file.Read(filepath.Join(f.Path, name), most)
	if errors.Is(err, fs.ErrNotExist) {
		return left, nil
	}
	if err != nil {
		return left, fmt.Errorf("%w; name the folder of an incident", err)
	}
	for line := range bytes.Lines(text) {
		var value T
		switch {
		case len(bytes.TrimSpace(line)) == 0:
		case json.Unmarshal(line, &value) == nil:
			take(value)
		case bytes.HasSuffix(line, []byte("\n")):
			left.Damaged++
		default:
			left.Cut = true
		}
	}
	return left, nil
}

// Kept is a record with the account and the Region that it was read from.
type Kept struct {
	Account string          `json:"account"`
	Region  string          `json:"region"`
	Record  json.RawMessage `json:"record"`
}

// Read is a step of a query: a page, or its end.
type Read struct {
	events.Query
	// At is when.
	At time.Time `json:"at"`
	// To is the end of the period when this was read: somebody may move it.
	To time.Time `json:"to,omitzero"`
	// Whole is when the whole period was read for the last time; zero if it never was. This step reads what may have come since.
	Whole time.Time `json:"whole,omitzero"`
	// Reached is the oldest time that this reading has got to; zero before its first event.
	Reached time.Time `json:"reached,omitzero"`
	// Done is set when the whole period was read.
	Done bool `json:"done,omitempty"`
	// Unreadable is the number of events that are no records, Throttled that of the requests that were throttled.
	Unreadable int `json:"unreadable,omitempty"`
	Throttled  int `json:"throttled,omitempty"`
	// Records is how many lines the records had after this step: fewer later are lines that somebody took out.
	Records int `json:"records,omitempty"`
	// Lost is set in a line without a query: so many lines of the records cannot be read, and the events of all that were lost were read again.
	Lost int `json:"lost,omitempty"`
	// Failure and Fix are why the query ended before.
	Failure string `json:"failure,omitempty"`
	Fix     string `json:"fix,omitempty"`
}

// Names lists everything in the folder, sorted: also what is no file, such as a link that somebody put there.
func (f *Folder) Names() ([]string, error) {
	entries, err := os.ReadDir(f.Path)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	slices.Sort(names)
	return names, nil
}
