// Package pack makes the evidence pack of a period: what breakglass proof shows, and what a person names of drills, exercises, checks and
// incidents, with the hash of each file, what it serves, and what is missing. It reads files, and asks nobody.
package pack

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"example.com/breakglass/internal/file"
	"example.com/breakglass/internal/manifest"
	"example.com/breakglass/internal/page"
	"example.com/breakglass/operate/compliance"
	"example.com/breakglass/operate/incident/folder"
	"example.com/breakglass/operate/proof"
)

const (
	// most is the largest file that is taken, and mostOfAll all of them together.
	most      = 64 << 20
	mostOfAll = 512 << 20
)

// Left is a file that was looked at and not taken.
type Left struct {
	Path string `json:"path"`
	Why  string `json:"why"`
}

// Collection is what was found for a pack.
type Collection struct {
	account string
	period  proof.Period
	found   []found
	// outside has evidence of other periods: it says since when something is missing.
	outside []evidence
	left    []Left
	size    int
}

// found is a file that is taken.
type found struct {
	evidence
	// name in the pack, and what it is about.
	name, about string
	content     []byte
}

// Collect reads the evidence of a period in files and folders, and the signed-off records of incidents. A file that was named and cannot be
// taken is an error; one that lies in a folder is left out.
func Collect(account string, period proof.Period, paths []string, incidents []proof.Incident) (*Collection, error) {
	c := &Collection{account: account, period: period, left: []Left{}}
	for _, path := range paths {
		info, err := os.Lstat(path)
		if err != nil {
			return nil, fmt.Errorf("cannot read %s: %w; name evidence that is there", path, reason(err))
		}
		switch {
		case info.IsDir() && folder.Exists(path):
			return nil, fmt.Errorf("%s is the folder of an incident; name it with --incident", path)
		case info.IsDir():
			err = c.folder(path)
		default:
			var why string
			if why, err = c.file(path); err == nil && why != "" {
				err = fmt.Errorf("%s: %s; leave it out", path, why)
			}
		}
		if err != nil {
			return nil, err
		}
	}
	for _, i := range incidents {
		if err := c.incident(i); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// folder takes the evidence that lies in a folder, but not in the folders in it.
func (c *Collection) folder(path string) error {
	entries, err := os.ReadDir(path)
	if err != nil {
		return fmt.Errorf("cannot read %s: %w; name another folder", path, reason(err))
	}
	for _, entry := range entries {
		at := filepath.Join(path, entry.Name())
		why := ""
		switch {
		case entry.IsDir() && folder.Exists(at):
			why = "it is the folder of an incident: name it with --incident"
		case entry.IsDir():
			why = "it is a folder: name it, too"
		default:
			if why, err = c.file(at); err != nil {
				return err
			}
		}
		if why != "" {
			c.leave(at, why)
		}
	}
	return nil
}

func (c *Collection) leave(path, why string) {
	c.left = append(c.left, Left{page.Clean(path), why})
}

// file takes a file, or says why not. What is of another period is left out, whoever named it.
func (c *Collection) file(path string) (why string, err error) {
	content, err := file.ReadPlain(path, most)
	var not *file.NotRegular
	switch {
	case errors.As(err, &not):
		return "it is " + not.Is, nil
	case err != nil:
		return "", fmt.Errorf("cannot read %s: %w; make it readable, or leave it out", path, reason(err))
	case len(content) > most:
		return whyLarge, nil
	}
	e, why := recognize(content)
	switch {
	case why != "":
		return why, nil
	case e.account != c.account:
		return "it is of account " + page.Clean(e.account), nil
	case e.at.Before(c.period.From) || e.at.After(c.period.To):
		c.outside = append(c.outside, e)
		c.leave(path, "it is of another time: "+when(e.at))
		return "", nil
	}
	return "", c.take(found{evidence: e, name: string(e.kind) + "/" + plainName(filepath.Base(path)), about: e.about(), content: content})
}

// take adds a file, unless the same is there already. A name that is taken gets a number.
func (c *Collection) take(f found) error {
	hash := manifest.Of("", f.content)
	if slices.ContainsFunc(c.found, func(o found) bool { return o.kind == f.kind && manifest.Of("", o.content) == hash }) {
		return nil
	}
	if c.size += len(f.content); c.size > mostOfAll {
		return errors.New("the evidence is larger than 512 MiB; name less")
	}
	folder, base := filepath.Split(f.name)
	for n := 2; slices.ContainsFunc(c.found, func(o found) bool { return o.name == f.name }); n++ {
		f.name = fmt.Sprintf("%s%d-%s", folder, n, base)
	}
	c.found = append(c.found, f)
	return nil
}

// plainName keeps of a name what is harmless on every system.
func plainName(name string) string {
	plain := []rune(name)
	for i, r := range plain {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.' && i > 0) {
			plain[i] = '_'
		}
	}
	if len(plain) > 100 {
		plain = plain[len(plain)-100:]
	}
	return string(plain)
}

// incident takes the signed-off record of an incident, as JSON and as a page. The other files stay in its folder: the record has their hashes.
func (c *Collection) incident(i proof.Incident) error {
	if !i.Closed() || !i.Period.From.Before(c.period.To) || !i.Period.To.After(c.period.From) {
		return nil
	}
	about := "incident of " + when(i.Period.From) + " to " + when(i.Period.To) + ", signed off by " + i.Name
	if len(i.Differs) > 0 {
		about += ", NOT as it was signed off"
	}
	for _, name := range []string{folder.Closed, folder.ClosedPage} {
		path := filepath.Join(i.Folder, name)
		content, err := file.ReadPlain(path, most)
		var not *file.NotRegular
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue // the incident differs, and says so
		case errors.As(err, &not):
			c.leave(path, "it is "+not.Is)
			continue
		case err != nil:
			return fmt.Errorf("cannot read %s: %w; name another folder", path, reason(err))
		case len(content) > most:
			c.leave(path, whyLarge)
			continue
		case name == folder.Closed && manifest.Of("", content).SHA256 != i.SHA256:
			return fmt.Errorf("%s was changed while it was read; repeat the command", path)
		case name == folder.ClosedPage && !plainPage(string(content)):
			c.leave(path, whyForeign)
			continue
		}
		f := found{
			evidence: evidence{kind: compliance.Incident, at: i.Signed, passed: len(i.Differs) == 0},
			name:     "incident/" + plainName(filepath.Base(filepath.Clean(i.Folder))) + "-" + name, about: about, content: content,
		}
		if err := c.take(f); err != nil {
			return err
		}
	}
	return nil
}

// reason returns what the system said, without the path and the call.
func reason(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
