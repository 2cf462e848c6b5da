//go:build unix

package file

import (
	"path/filepath"
	"strings"
	"testing"
)

// Two commands that must not work at once have the same file: the second is told, and gets it when the first has ended.
func TestALogIsOnesAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lines")
	first, err := Append(path)
	if err != nil {
		t.Fatal(err)
	}
	second, err := Append(path)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if err := first.Alone(); err != nil {
		t.Error(err)
	}
	if err := second.Alone(); err == nil || !strings.Contains(err.Error(), "another command writes it; wait") {
		t.Error(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if err := second.Alone(); err != nil {
		t.Error(err)
	}
}
