package place

import "strings"

// Device is a kind of MFA device.
type Device string

// The kinds (IAM user guide, MFA in IAM).
const (
	// Virtual devices compute codes from a seed.
	Virtual Device = "virtual device"
	// FIDO devices are passkeys and security keys. They sign in to the console, and give no code: STS takes none of them.
	FIDO Device = "FIDO key"
	// Token devices show codes of a seed that is in the hardware.
	Token Device = "hardware token"
)

// DeviceOf returns the kind of the MFA device with a serial number, and its name: ListMFADevices tells the kinds apart by nothing else.
// Only a token has no ARN.
func DeviceOf(serial string) (kind Device, name string) {
	_, resource, ok := strings.Cut(serial, "::")
	if !ok {
		return Token, serial
	}
	_, resource, _ = strings.Cut(resource, ":")
	name = resource[strings.LastIndex(resource, "/")+1:]
	if strings.HasPrefix(resource, "u2f/") {
		return FIDO, name
	}
	return Virtual, name
}
