// Package page writes reports as HTML pages of their own, without anything from elsewhere. It imports nothing of this module.
package page

import (
	_ "embed"
	"fmt"
	"html/template"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

//go:embed style.css
var style string

// Functions are what every template has: style returns the style sheet, and time writes a time out.
var Functions = template.FuncMap{
	"style": func() template.CSS { return template.CSS(style) },
	"time":  func(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04:05 UTC") },
}

// Write writes a page, or leaves what was there: a page that is half written would be no evidence.
func Write(file string, content []byte, mode fs.FileMode) (err error) {
	temporary, err := os.CreateTemp(filepath.Dir(file), ".breakglass-*")
	if err != nil {
		return fmt.Errorf("the report can't be written: %w; pass another path: --html FILE", err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(temporary.Name())
			err = fmt.Errorf("the report can't be written: %w; pass another path: --html FILE", err)
		}
	}()
	if _, err = temporary.Write(content); err == nil {
		err = temporary.Chmod(mode)
	}
	if closed := temporary.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(temporary.Name(), file)
	}
	return err
}
