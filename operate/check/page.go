package check

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"os"
	"path/filepath"
	"time"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"time": func(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04:05 UTC") },
}).Parse(pageText))

// Page returns the report as one HTML page that loads nothing.
func (r *Report) Page() ([]byte, error) {
	var out bytes.Buffer
	err := page.Execute(&out, r)
	return out.Bytes(), err
}

// WritePage writes the page, or leaves what was there: a page that is half written would be no evidence.
func (r *Report) WritePage(file string) (err error) {
	content, err := r.Page()
	if err != nil {
		return err
	}
	temporary, err := os.CreateTemp(filepath.Dir(file), ".breakglass-check-*")
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
		err = temporary.Chmod(0o644) // it holds no secret, and is for others to read
	}
	if closed := temporary.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(temporary.Name(), file)
	}
	return err
}
