package draft

import (
	"os"

	"example.com/breakglass/config"
)

// Update is a change to the Regions of a file, not yet written.
type Update struct {
	// Changes are the lines that differ; none where the file watches these Regions already.
	Changes []Line

	file string
	text []byte
}

// NewUpdate prepares the change that makes a file watch the wanted Regions, which are sorted.
func NewUpdate(file string, wanted []string) (Update, error) {
	old, err := os.ReadFile(file)
	if err != nil {
		return Update{}, err
	}
	text, err := Regions(file, old, wanted)
	if err != nil {
		return Update{}, err
	}
	return Update{Changes: Difference(old, text), file: file, text: text}, nil
}

// Write writes the file, and returns its new content.
func (u Update) Write() (*config.Config, error) {
	if err := Write(u.file, u.text); err != nil {
		return nil, err
	}
	return config.Load(u.file)
}
