package credentials

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"example.com/breakglass/operate/seal"
	"example.com/breakglass/place"
)

// complete checks that the folder has the sealed file of each device and key that is to be replaced: a rotation that leaves one out
// looks like one that was done. What an earlier run left is settled first.
func (o *Options) complete(ctx context.Context, kinds []seal.Kind) error {
	var missing, remove []string
	if slices.Contains(kinds, seal.MFA) {
		devices, err := o.devices(ctx)
		if err != nil {
			return err
		}
		if len(devices) == 0 {
			o.Say("user %s has no MFA device: %s", o.User, o.command("mfa"))
		}
		if _, err := o.settleDevice(ctx, devices, ""); err != nil {
			return err
		}
		files, _, err := o.files(seal.MFA)
		if err != nil {
			return err
		}
		have := current(files, devices)
		for _, device := range slices.Sorted(maps.Keys(devices)) {
			switch {
			case have[device] != nil:
			case !sealable(device):
				o.Say("%s is a hardware key, which has no sealed file: it stays as it is", device)
			default:
				missing = append(missing, "the device "+device)
				remove = append(remove, o.deactivation(device), o.deviceDeletion(device))
			}
		}
	}
	if slices.Contains(kinds, seal.Key) {
		keys, err := o.keys(ctx)
		if err != nil {
			return err
		}
		files, _, err := o.files(seal.Key)
		if err != nil {
			return err
		}
		for _, f := range files {
			if f.Void == nil {
				delete(keys, f.AccessKey)
			}
		}
		for _, id := range slices.Sorted(maps.Keys(keys)) {
			missing = append(missing, "the access key "+id)
			remove = append(remove, o.keyDeletion(id))
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return fmt.Errorf("nothing of user %s was replaced: the folder %s has no valid sealed file of %s; copy the files back to it, or name their folder with --folder. "+
		"--only password replaces the password alone. If nobody has a file, remove what it is of, the last device after you have made another one (%s):\n  %s",
		o.User, o.Folder, strings.Join(missing, ", "), o.command("mfa", "--name", "NAME"), strings.Join(remove, "\n  "))
}

// sealable reports whether a device has a seed that can be sealed: that of any other stays in its hardware.
func sealable(device string) bool {
	kind, _ := place.DeviceOf(device)
	return kind == place.Virtual
}

// current returns the newest file of each device that has the seed with which the device was enabled.
func current(files []*sealed, devices map[string]time.Time) map[string]*sealed {
	newest := map[string]*sealed{}
	for _, f := range files {
		enabled, listed := devices[f.Device]
		if f.Void != nil || !listed || !f.enabledAt(enabled) {
			continue
		}
		if other := newest[f.Device]; other == nil || f.Created.After(other.Created) {
			newest[f.Device] = f
		}
	}
	return newest
}
