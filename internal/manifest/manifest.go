// Package manifest lists files with their hashes, and compares such a list with what is there. The signed-off record of an incident
// and an evidence pack have one each, in the same form.
package manifest

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"example.com/breakglass/internal/page"
)

// File is a file with its hash.
type File struct {
	Name   string `json:"name"`
	Size   int    `json:"size"`
	SHA256 string `json:"sha256"`
}

// Of returns a file with the hash of its content.
func Of(name string, content []byte) File {
	sum := sha256.Sum256(content)
	return File{Name: name, Size: len(content), SHA256: hex.EncodeToString(sum[:])}
}

// Compare returns what differs between the files that a list had and those that there are, as text; a list that names a file twice
// differs from everything.
func Compare(was, is []File) []string {
	differs := []string{}
	there, listed := map[string]File{}, map[string]bool{}
	for _, f := range slices.Backward(is) { // of two with a name, the first counts
		there[f.Name] = f
	}
	for _, f := range was {
		now, ok := there[f.Name]
		switch {
		case listed[f.Name]:
			differs = append(differs, page.Clean(f.Name)+" is listed twice")
		case !ok:
			differs = append(differs, page.Clean(f.Name)+" is missing")
		case now.SHA256 != f.SHA256 || now.Size != f.Size:
			differs = append(differs, page.Clean(f.Name)+" was changed")
		}
		listed[f.Name] = true
	}
	for _, f := range is {
		if !listed[f.Name] {
			differs = append(differs, page.Clean(f.Name)+" was added")
		}
	}
	return differs
}
