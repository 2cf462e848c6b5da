package compose

import "testing"

func TestSqueezeKeepsTextsAndRegularExpressions(t *testing.T) {
	for in, want := range map[string]string{
		"( $a := 'b  c' ;\n  $d )\n":                    "($a:='b  c';$d)",
		"$x  and $y in [ 1, 2 ] ? 'it\\'s  ' : $z":      "$x and $y in[1,2]?'it\\'s  ':$z",
		"$replace($v, /[^ -~] +\\/ /, '?')":             "$replace($v,/[^ -~] +\\/ /,'?')",
		"function($l) { $l[$ != null and $ != ''][0] }": "function($l){$l[$!=null and $!=''][0]}",
		"": "", " ": "",
	} {
		if got := squeeze(in); got != want || squeeze(got) != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}
