package manifest

import (
	"slices"
	"testing"
)

func TestCompare(t *testing.T) {
	// The hash of "abc" is in FIPS 180-2, appendix B.1.
	if f := Of("a", []byte("abc")); f != (File{"a", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}) {
		t.Errorf("%+v", f)
	}
	a, b := Of("a", []byte("abc")), Of("b", nil)
	longer := a
	longer.Size++
	for name, c := range map[string]struct {
		was, is []File
		want    []string
	}{
		"the same, in another order": {[]File{a, b}, []File{b, a}, []string{}},
		"missing":                    {[]File{a, b}, []File{b}, []string{"a is missing"}},
		"changed":                    {[]File{a}, []File{Of("a", nil)}, []string{"a was changed"}},
		"changed, of the same size":  {[]File{a}, []File{Of("a", []byte("abd"))}, []string{"a was changed"}},
		"another size":               {[]File{longer}, []File{a}, []string{"a was changed"}},
		"added":                      {[]File{a}, []File{a, Of("\x1b[31m", nil)}, []string{`\u001b[31m was added`}},
		"listed twice":               {[]File{a, a}, []File{a}, []string{"a is listed twice"}},
		"nothing":                    {nil, nil, []string{}},
	} {
		if got := Compare(c.was, c.is); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
