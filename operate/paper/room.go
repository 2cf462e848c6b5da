package paper

import (
	"slices"

	"github.com/charmbracelet/x/ansi"
)

// onSheets puts blocks on as few sheets with a title and a lead as they need, in their order. A block is never divided.
func onSheets(title, lead string, blocks []Block) [][]Block {
	room := high - 1.6*lines(title, 75) - line*lines(lead, 110) - foot

	var sheets [][]Block
	left := 0.0
	for _, b := range blocks {
		needs := height(b)
		if len(sheets) == 0 || needs > left {
			sheets, left = append(sheets, nil), room
		}
		last := len(sheets) - 1
		sheets[last], left = append(sheets[last], b), left-needs
	}
	return sheets
}

// Heights on paper are in rem, as in sheets.css: A4 and Letter both have 90 of them.
const (
	high   = 90
	foot   = 1.6
	line   = 1.4
	around = 0.2 // what is above and below a paragraph
)

// height estimates how high a block is on paper: rather too high, since what is on the next sheet is read, and what is cut off is not.
func height(b Block) float64 {
	all := 0.0
	paragraph := func(text string, columns int) { all += line*lines(text, columns) + around }
	if b.Heading != "" {
		paragraph(b.Heading, 105)
		all += 0.4
	}
	for _, t := range slices.Concat(b.Texts, b.After) {
		paragraph(t.String(), 128)
	}
	for _, f := range b.Facts {
		for _, value := range f.Values {
			paragraph(value, 95)
		}
		if len(f.Values) == 0 {
			all += 1.6
		}
	}
	for _, t := range b.Steps {
		paragraph(t.String(), 122)
	}
	for i, row := range b.Table.Rows {
		whole, longest := "", 0.0
		for _, cell := range row {
			whole, longest = whole+cell.String(), max(longest, lines(cell.String(), 75))
		}
		all += line*max(longest, lines(whole, 132)) + 0.3
		if i == 0 {
			all += 2.4
		}
	}
	if n := len(b.Addresses); n > 0 {
		all += float64((n+4)/5)*14.5 + 0.6
	}
	if n := len(b.Typed); n > 0 {
		all += float64((n+1)/2)*1.2 + 0.4
	}
	return all
}

// lines returns how many lines of so many columns a text takes. A character of Chinese, Japanese or Korean has two of them.
func lines(text string, columns int) float64 {
	return float64(1 + max(0, ansi.StringWidth(text)-1)/columns)
}
