package config

import (
	"strings"
	"testing"
)

// TestAnAccountIsTheOneThatIsMeant: the wrong account is worse than none.
func TestAnAccountIsTheOneThatIsMeant(t *testing.T) {
	accounts := []Named{
		{"222222222222", "prod"}, {"333333333333", "Prod"}, {"444444444444", "555555555555"}, {"555555555555", "other"},
		{"666666666666", "hub"}, {"111111111111", "hub"}, {"777777777777", "Pre prod"},
	}
	for text, want := range map[string]string{
		"222222222222": "222222222222", "prod": "222222222222", "Prod": "333333333333", "555555555555": "555555555555", "2222-2222-2222": "222222222222",
		" 2222 2222\u00a02222 ": "222222222222", "2222–2222–2222": "222222222222", "pre PROD": "777777777777", "OTHER": "555555555555",
		"888888888888": "", "pro": "", "": "", "2222222222222": "",
		"PROD": `"PROD" is the name of several accounts, 222222222222 (prod), 333333333333 (Prod); pass the number`,
		"hub":  `"hub" is the name of several accounts, 666666666666 (hub), 111111111111 (hub); pass the number`,
	} {
		i, err := Find(accounts, text)
		got := ""
		if i >= 0 {
			got = accounts[i].Number
		}
		if err != nil {
			got = err.Error()
		}
		if got != want || i < 0 && IsAccount(want) {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	if _, ok := NumberIn(strings.Repeat("２", 12)); ok {
		t.Error("digits of another script are a number")
	}
}
