package place_test

import (
	"testing"

	"example.com/breakglass/place"
)

func TestDevicesAreToldApartByTheirSerialNumbers(t *testing.T) {
	for serial, want := range map[string][2]string{
		"arn:aws:iam::111111111111:mfa/BreakglassUser":                                    {"virtual device", "BreakglassUser"},
		"arn:aws-cn:iam::111111111111:mfa/u2f/second":                                     {"virtual device", "second"},
		"arn:aws:iam::111111111111:u2f/user/BreakglassUser/safe-EXAMPLEBN5FHTECLFG7":      {"FIDO key", "safe-EXAMPLEBN5FHTECLFG7"},
		"arn:aws-us-gov:iam::111111111111:u2f/user/mfa/default-EXAMPLEBN5FHTECLFG7EXAMPL": {"FIDO key", "default-EXAMPLEBN5FHTECLFG7EXAMPL"},
		"GAHT12345678": {"hardware token", "GAHT12345678"},
	} {
		if kind, name := place.DeviceOf(serial); string(kind) != want[0] || name != want[1] {
			t.Errorf("%s: %s %s, want %v", serial, kind, name, want)
		}
	}
}
