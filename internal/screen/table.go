package screen

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/lipgloss/table"
	"github.com/charmbracelet/x/term"
)

// gap is the space between two columns.
const gap = 2

// narrowest is the least width that a table is made for: in less, columns of a few letters would be left, and the terminal's own wrap is
// easier to read.
const narrowest = 60

// Table prints rows under a head, in columns. On a terminal that is too narrow for them, the widest columns wrap.
func (s *Screen) Table(head []string, rows [][]string) {
	if s.JSON {
		return
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.wipe()
	shown := make([][]string, len(rows))
	for i, row := range rows {
		for _, cell := range row {
			shown[i] = append(shown[i], s.safe(cell))
		}
	}
	width := s.width
	if width > 0 {
		width = max(width, narrowest)
	}
	for _, line := range columns(width, head, shown) {
		fmt.Fprintln(s.out, line)
	}
	s.draw()
}

// columns returns the lines of a table that is at most width wide; 0 means that nothing wraps.
func columns(width int, head []string, rows [][]string) []string {
	widths, total := natural(head, rows)
	tight := width > 0 && total > width
	t := table.New().Headers(head...).Rows(unbroken(rows)...).Border(lipgloss.HiddenBorder()).BorderTop(false).BorderBottom(false).
		BorderLeft(false).BorderRight(false).BorderColumn(false).BorderHeader(false).
		StyleFunc(func(_, column int) lipgloss.Style {
			style := lipgloss.NewStyle()
			if column < len(widths)-1 {
				style = style.PaddingRight(gap)
			}
			if tight && widths[column] <= narrow {
				style = style.Width(widths[column] + style.GetPaddingRight())
			}
			return style
		})
	if tight {
		t.Width(width)
	}
	lines := strings.Split(t.Render(), "\n")
	for i, line := range lines {
		lines[i] = strings.ReplaceAll(strings.TrimRight(line, " "), hyphen, "-")
	}
	return lines
}

// hyphened is a flag, a date or a Region in a text: it must not wrap at its hyphens.
var hyphened = regexp.MustCompile(`--[a-z][a-z-]*|\b[0-9]{4}-[0-9]{2}-[0-9]{2}\b|\b[a-z]{2}-[a-z]+-[0-9]\b`)

// hyphen is one at which the library does not wrap.
const hyphen = "\u2011"

// unbroken returns the rows with other hyphens in what must not wrap.
func unbroken(rows [][]string) [][]string {
	all := make([][]string, len(rows))
	for i, row := range rows {
		for _, cell := range row {
			all[i] = append(all[i], hyphened.ReplaceAllStringFunc(cell, func(whole string) string { return strings.ReplaceAll(whole, "-", hyphen) }))
		}
	}
	return all
}

// narrow columns never wrap: account numbers and Regions stay whole, to be read and copied.
const narrow = 14

// natural returns the widths of the columns of a table in which nothing wraps, and of all of it.
func natural(head []string, rows [][]string) (widths []int, total int) {
	for column := range head {
		widest := lipgloss.Width(head[column])
		for _, row := range rows {
			widest = max(widest, lipgloss.Width(row[column]))
		}
		widths = append(widths, widest)
		total += widest + gap
	}
	return widths, total - gap
}

// Width returns the width of a stream in columns: COLUMNS, or the terminal's; 0 without either.
func Width(w io.Writer) int {
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		return n
	}
	file, ok := w.(*os.File)
	if !ok {
		return 0
	}
	width, _, err := term.GetSize(file.Fd())
	if err != nil {
		return 0
	}
	return width
}
