package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
)

// forms are the ways in which a text may lie in memory or in a file: as it is, in hexadecimal, in base64 wherever it begins there, in
// UTF-16, and escaped for an address.
func forms(text string) [][]byte {
	all := [][]byte{
		[]byte(text), []byte(hex.EncodeToString([]byte(text))), []byte(strings.ToUpper(hex.EncodeToString([]byte(text)))), []byte(url.QueryEscape(text)),
	}
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for before := range 3 {
			encoded := encoding.EncodeToString(append(make([]byte, before), text...))
			if (before+len(text))%3 > 0 { // what follows is in the last character, too
				encoded = encoded[:len(encoded)-1]
			}
			all = append(all, []byte(encoded[[]int{0, 2, 3}[before]:]))
		}
	}
	var little, big []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		little, big = append(little, byte(unit), byte(unit>>8)), append(big, byte(unit>>8), byte(unit))
	}
	slices.SortFunc(all, bytes.Compare)
	return slices.CompactFunc(append(all, little, big), bytes.Equal)
}

// spot is somewhere to search: what it is, and what it held at a moment.
type spot struct {
	name  string
	parts [][]byte
}

// search finds every form of many secrets in one pass.
type search struct {
	// starts has the first two bytes of every form, and forms those with the same first bytes, by them.
	starts [1 << 16]bool
	forms  map[[least]byte][]form
}

// form is a form of a secret, and what the secret is.
type form struct {
	text []byte
	what string
}

// least is the length of the shortest text that is searched for: a shorter one is somewhere by accident.
const least = 12

func searchFor(secrets map[string]string) *search {
	s := &search{forms: map[[least]byte][]form{}}
	for what, secret := range secrets {
		for _, text := range forms(secret) {
			s.starts[uint16(text[0])<<8|uint16(text[1])] = true
			s.forms[[least]byte(text)] = append(s.forms[[least]byte(text)], form{text, what})
		}
	}
	return s
}

// in returns what is in a spot.
func (s *search) in(p spot) map[string]bool {
	found := map[string]bool{}
	for _, part := range p.parts {
		for i := 0; i+least <= len(part); i++ {
			if !s.starts[uint16(part[i])<<8|uint16(part[i+1])] {
				continue
			}
			for _, f := range s.forms[[least]byte(part[i:])] {
				if bytes.HasPrefix(part[i:], f.text) {
					found[f.what] = true
				}
			}
		}
	}
	return found
}

// process is one that lives.
type process struct {
	id int
	// program is the name under which it was started.
	program string
}

// tree returns a process and everything that it and its children have started.
func tree(root int) (all []process) {
	children := map[int][]int{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		id, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
		parent, _ := strconv.Atoi(fields[1])
		children[parent] = append(children[parent], id)
	}
	for next := []int{root}; len(next) > 0; next = next[1:] {
		line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", next[0]))
		program, _, _ := strings.Cut(string(line), "\x00")
		all = append(all, process{next[0], filepath.Base(program)})
		next = append(next, children[next[0]]...)
	}
	return all
}

// outside returns what other programs see of a process: its arguments, and its environment, which its user sees.
func (p process) outside() [][]byte {
	arguments, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", p.id))
	environment, _ := os.ReadFile(fmt.Sprintf("/proc/%d/environ", p.id))
	return [][]byte{arguments, environment}
}

// files returns what is in the files that a process has open, those without a name included.
func (p process) files() (all [][]byte) {
	open, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", p.id))
	for _, path := range open {
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			if content, err := os.ReadFile(path); err == nil {
				all = append(all, content)
			}
		}
	}
	return all
}

// chunk is how much memory is read at once.
const chunk = 64 << 10

// memory returns the memory of a process but for what is empty, and what is mapped from a program's file and cannot be written.
func (p process) memory() (all [][]byte, err error) {
	maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", p.id))
	if err != nil {
		return nil, err
	}
	mem, err := os.Open(fmt.Sprintf("/proc/%d/mem", p.id))
	if err != nil {
		return nil, err
	}
	defer mem.Close()
	empty := make([]byte, chunk)
	for line := range strings.Lines(string(maps)) {
		fields := strings.Fields(line)
		var from, to uint64
		if _, err := fmt.Sscanf(fields[0], "%x-%x", &from, &to); err != nil {
			return nil, err
		}
		path := strings.Join(fields[5:], " ")
		if fields[1][0] != 'r' || path == "[vvar]" || path == "[vsyscall]" || strings.HasPrefix(path, "/") && fields[1][1] != 'w' {
			continue
		}
		var part []byte
		for ; from < to; from += chunk {
			piece := make([]byte, min(chunk, to-from))
			if n, err := mem.ReadAt(piece, int64(from)); err != nil || bytes.Equal(piece[:n], empty[:n]) {
				all, part = append(all, part), nil
				continue
			}
			part = append(part, piece...)
		}
		all = append(all, part)
	}
	return all, nil
}

// everyFile returns what is in the files of a folder.
func everyFile(folder string) (all []spot, err error) {
	err = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil // it was there a moment ago
		case err != nil:
			return err
		case !entry.Type().IsRegular():
			return nil
		}
		content, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		all = append(all, spot{"the file " + path, [][]byte{[]byte(path), content}})
		return err
	})
	return all, err
}
