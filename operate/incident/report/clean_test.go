package report

import (
	"encoding/csv"
	"strings"
	"testing"
)

// No text of others is a formula or several cells, whichever separator the spreadsheet takes.
func TestCellsOfASpreadsheet(t *testing.T) {
	for text, want := range map[string]string{
		"":                                 "",
		"aws-cli/2.32.6":                   "aws-cli/2.32.6",
		"=1+1":                             "'=1+1",
		"+1":                               "'+1",
		"-1":                               "'-1",
		"@SUM(A1)":                         "'@SUM(A1)",
		"|cmd":                             "'|cmd",
		"%x":                               "'%x",
		"＝1＋1":                             "'＝1＋1",
		"  =1":                             "'  =1",
		`"=1`:                              `'"=1`,
		`x;=HYPERLINK("https://x.test")`:   `x;'=HYPERLINK("https://x.test")`,
		`x; "-1;@y`:                        `x;' "-1;'@y`,
		"a, =b":                            "a, =b", // quoted
		"arn:aws:iam::111111111111:role/x": "arn:aws:iam::111111111111:role/x",
	} {
		got := cell(text)
		if want := `"` + strings.ReplaceAll(want, `"`, `""`) + `"`; got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
		if rows, err := csv.NewReader(strings.NewReader(got + "," + got)).ReadAll(); err != nil || len(rows[0]) != 2 || rows[0][0] != want {
			t.Errorf("%s is read as %q, %v", text, rows, err)
		}
	}
}
