package draft

import (
	"example.com/breakglass/config"
	"example.com/breakglass/internal/file"
)

// Update is a change to the Regions of a file, not yet written.
type Update struct {
	// Changes are the lines that differ; none where the file watches these Regions already.
	Changes []Line

	path string
	text []byte
}

// NewUpdate prepares the change that makes a file watch the wanted Regions, which are sorted.
func NewUpdate(path string, wanted []string) (Update, error) {
	old, err := file.Read(path, config.MaxFileSize)
	if err != nil {
		return Update{}, err
	}
	text, err := Regions(path, old, wanted)
	if err != nil {
		return Update{}, err
	}
	return Update{Changes: Difference(old, text), path: path, text: text}, nil
}

// Write writes the file, and returns its new content.
func (u Update) Write() (*config.Config, error) {
	if err := file.Edit(u.path, u.text); err != nil {
		return nil, err
	}
	return config.Load(u.path)
}
