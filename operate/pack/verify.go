package pack

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"

	"example.com/breakglass/internal/file"
	"example.com/breakglass/internal/manifest"
	"example.com/breakglass/internal/page"
)

// mostOfArchive is the largest archive that is read.
const mostOfArchive = 1 << 30

// Verify compares the files of a pack with its manifest, and returns what differs, and the hash of the manifest itself: whoever has noted
// that hash elsewhere knows that nothing was replaced.
func Verify(path string) (differs []string, hash string, err error) {
	var is []manifest.File
	var text []byte
	if isArchive(path) {
		is, text, differs, err = inArchive(path)
	} else {
		is, text, differs, err = inFolder(path)
	}
	if err != nil {
		return nil, "", err
	}
	var m Manifest
	if err := json.Unmarshal(text, &m); err != nil || m.Version != Version {
		return nil, "", fmt.Errorf("%s in %s: this version of breakglass cannot read it; use the one that wrote it", ManifestFile, path)
	}
	was := []manifest.File{}
	for _, f := range m.Files {
		was = append(was, f.File)
	}
	return append(differs, manifest.Compare(was, is)...), manifest.Of("", text).SHA256, nil
}

func noPack(path string) error {
	return fmt.Errorf("%s is no evidence pack: it has no %s; make one with breakglass proof --pack", path, ManifestFile)
}

// inFolder returns the files of a folder but the manifest, the text of the manifest, and what is no file.
func inFolder(path string) (is []manifest.File, text []byte, differs []string, err error) {
	err = filepath.WalkDir(path, func(at string, entry fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("cannot read %s: %w; name an evidence pack", path, reason(err))
		}
		if entry.IsDir() {
			return nil
		}
		name, err := filepath.Rel(path, at)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		content, err := file.ReadPlain(at, mostOfArchive)
		var not *file.NotRegular
		switch {
		case errors.As(err, &not):
			differs = append(differs, page.Clean(name)+" is "+not.Is)
		case err != nil:
			return fmt.Errorf("cannot read %s: %w; make it readable", at, reason(err))
		case name == ManifestFile:
			text = content
		default:
			is = append(is, manifest.Of(name, content))
		}
		return nil
	})
	if err == nil && text == nil {
		err = noPack(path)
	}
	return is, text, differs, err
}

// inArchive is inFolder for an archive. It unpacks nothing to the disk.
func inArchive(path string) (is []manifest.File, text []byte, differs []string, err error) {
	content, err := file.Read(path, mostOfArchive)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("cannot read %s: %w; name an evidence pack", path, reason(err))
	}
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return nil, nil, nil, fmt.Errorf("%s is no archive: %w; name an evidence pack", path, err)
	}
	seen := map[string]bool{}
	left := int64(mostOfArchive)
	for _, f := range archive.File {
		name := page.Clean(f.Name)
		if seen[f.Name] || !f.Mode().IsRegular() || !fs.ValidPath(f.Name) {
			differs = append(differs, name+" is there twice, or is no file of a pack")
			continue
		}
		seen[f.Name] = true
		content, err := unpacked(f, left)
		left -= int64(len(content))
		switch {
		case err != nil:
			differs = append(differs, name+" cannot be read: "+page.Clean(err.Error()))
		case f.Name == ManifestFile:
			text = content
		default:
			is = append(is, manifest.Of(f.Name, content))
		}
	}
	if text == nil {
		return nil, nil, nil, noPack(path)
	}
	return is, text, differs, nil
}

// unpacked returns the content of a file of an archive, of which little may become much.
func unpacked(f *zip.File, most int64) ([]byte, error) {
	from, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer from.Close()
	content, err := io.ReadAll(io.LimitReader(from, most+1))
	if err == nil && int64(len(content)) > most {
		err = errors.New("it is too large")
	}
	return content, err
}
