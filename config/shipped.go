package config

import _ "embed"

//go:embed testdata/shipped.yaml
var shipped []byte

// Shipped returns the example file that comes with the project, with its comments: breakglass.yaml before
// anybody has filled in accounts and addresses.
func Shipped() []byte { return append([]byte(nil), shipped...) }
