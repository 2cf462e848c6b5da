package credentials

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"example.com/breakglass/internal/file"
	"example.com/breakglass/operate/seal"
)

// sealed is a sealed file on disk.
type sealed struct {
	*seal.File
	path string
}

// pending writes a sealed file whose secret AWS does not know yet. what tells several files of a user and a kind apart.
func (o *Options) pending(f *seal.File, what string) (*sealed, error) {
	return o.write(f, what, seal.Unset)
}

// write writes a sealed file under a name that is not taken.
func (o *Options) write(f *seal.File, what, ending string) (*sealed, error) {
	name := f.Name(what)
	path := filepath.Join(o.Folder, name+ending)
	for _, taken := range []string{filepath.Join(o.Folder, name+seal.Unset), filepath.Join(o.Folder, name+seal.Ending)} {
		if _, err := os.Lstat(taken); !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s exists, or cannot be looked for; repeat the command in a second", taken)
		}
	}
	if err := file.Write(path, f.Bytes()); err != nil {
		return nil, err
	}
	return &sealed{f, path}, nil
}

// drop removes a file whose secret AWS does not have.
func (s *sealed) drop() error { return os.Remove(s.path) }

// commit gives a file its name, once AWS has accepted its secret.
func (s *sealed) commit() error {
	to := strings.TrimSuffix(s.path, seal.Unset) + seal.Ending
	if err := file.Rename(s.path, to); err != nil {
		return fmt.Errorf("%s is valid, but cannot be renamed: %w; rename it to %s", s.path, err, to)
	}
	s.path = to
	return nil
}

// files returns the sealed files of the user in the folder, and those that a run left unset; a rehearsal is none of them.
func (o *Options) files(kind seal.Kind) (set, unset []*sealed, err error) {
	entries, err := os.ReadDir(o.Folder)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot read the folder %s: %w; name another one", o.Folder, err)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), seal.Ending) && !strings.HasSuffix(e.Name(), seal.Unset) {
			continue
		}
		path := filepath.Join(o.Folder, e.Name())
		f, err := seal.Read(path)
		if err != nil {
			o.Say("ignored: %v", err)
			continue
		}
		if f.User != o.User || f.Account != o.Config.Hub.Account || f.Kind != kind || rehearsed(f) {
			continue
		}
		if strings.HasSuffix(path, seal.Unset) {
			unset = append(unset, &sealed{f, path})
		} else {
			set = append(set, &sealed{f, path})
		}
	}
	return set, unset, nil
}

// void marks the files that another one replaces, and says which copies to destroy.
func (o *Options) void(old []*sealed, now *Result) (marked []string, err error) {
	for _, f := range old {
		if f.Void != nil || f.path == now.File {
			continue
		}
		if marking := o.mark(f, now.Created, "replaced by "+filepath.Base(now.File)); marking != nil {
			err = errors.Join(err, marking)
			continue
		}
		marked = append(marked, f.path)
	}
	return marked, err
}

// mark marks a file as void.
func (o *Options) mark(f *sealed, at time.Time, reason string) error {
	if err := file.Write(f.path, f.Voided(at, reason).Bytes()); err != nil {
		return fmt.Errorf("%s is void, but cannot be marked: %w", f.path, err)
	}
	return nil
}
