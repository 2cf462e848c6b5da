package credentials

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/dustin/go-humanize/english"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/whole"
	"example.com/breakglass/operate/seal"
)

// mostDevices is how many MFA devices a user may have (IAM user guide, quotas).
const mostDevices = 8

// MFA gives a user a virtual MFA device: its seed is sealed before the device is enabled, with both codes computed here. name is the
// name of the device; empty means the user's.
func MFA(ctx context.Context, o Options, name string) (*Result, error) {
	if err := o.ready(ctx); err != nil {
		return nil, err
	}
	if err := o.rehearse(seal.MFA); err != nil {
		return nil, err
	}
	if name == "" {
		name = o.User
	}
	devices, err := o.devices(ctx)
	if err != nil {
		return nil, err
	}
	if done, err := o.settleDevice(ctx, devices, o.device(name)); done != nil || err != nil {
		return done, err
	}
	return o.enrol(ctx, name, devices)
}

// device returns the ARN of a virtual device.
func (o *Options) device(name string) string {
	return o.Config.HubPlace().MFADevice(name)
}

// devices returns when each of the user's MFA devices was enabled, by its ARN.
func (o *Options) devices(ctx context.Context) (map[string]time.Time, error) {
	enabled := map[string]time.Time{}
	all, err := whole.Pages(ctx, iam.NewListMFADevicesPaginator(o.IAM, &iam.ListMFADevicesInput{UserName: aws.String(o.User)}),
		func(page *iam.ListMFADevicesOutput) []types.MFADevice { return page.MFADevices })
	if err != nil {
		return nil, account.Explain(err, "listing the MFA devices of "+o.User)
	}
	for _, d := range all {
		enabled[aws.ToString(d.SerialNumber)] = aws.ToTime(d.EnableDate)
	}
	return enabled, nil
}

// settleDevice ends what an earlier run left: a seed whose device is enabled is kept, any other one is removed, since nobody can
// enable its device any more.
func (o *Options) settleDevice(ctx context.Context, devices map[string]time.Time, wanted string) (done *Result, err error) {
	_, left, err := o.files(seal.MFA)
	if err != nil {
		return nil, err
	}
	for _, f := range left {
		enabled, listed := devices[f.Device]
		if !listed {
			if err := o.release(ctx, f); err != nil {
				return nil, err
			}
		}
		if !listed || !f.enabledAt(enabled) {
			o.Say("an earlier run was cut off before it enabled a device: %s is removed", f.path)
			if err := f.drop(); err != nil {
				return nil, err
			}
			continue
		}
		o.Say("an earlier run was cut off after it enabled %s: %s is kept", f.Device, f.path)
		if err := f.commit(); err != nil {
			return nil, err
		}
		if f.Device == wanted {
			done = f.result()
		}
	}
	return done, nil
}

// enrolling is how long it takes at most from a seed to its enabled device, and how far the clocks may differ.
const enrolling = 5 * time.Minute

// enabledAt reports whether the seed of a file is that of its device, which was enabled at a time: the names of devices are used again.
func (s *sealed) enabledAt(at time.Time) bool { return at.Sub(s.Created).Abs() <= enrolling }

// enrol creates a device, seals its seed and enables it.
func (o *Options) enrol(ctx context.Context, name string, devices map[string]time.Time) (*Result, error) {
	if _, taken := devices[o.device(name)]; taken {
		return nil, fmt.Errorf("user %s has a device %s; name another one with --name, or replace it: %s", o.User, name, o.command("rotate", "--only", "mfa"))
	}
	if len(devices) >= mostDevices {
		return nil, fmt.Errorf("user %s has %d MFA devices, and IAM allows no more; remove one first; %s shows them", o.User, len(devices),
			o.iam("list-mfa-devices", "--user-name", o.User))
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	ctx, end := finish(ctx)
	defer end()
	seed, err := o.newDevice(ctx, name)
	if err != nil {
		return nil, err
	}
	defer seed.Wipe()
	h := o.header(seal.MFA)
	h.Device = o.device(name)
	f, err := seal.Seal(h, seed, o.UI)
	if err != nil {
		return nil, o.undoDevice(ctx, h.Device, err)
	}
	p, err := o.pending(f, name)
	if err != nil {
		return nil, o.undoDevice(ctx, h.Device, err)
	}
	o.Say("sealed to %s", english.Plural(len(f.Recipients), "holder", ""))
	if err := o.enable(ctx, h.Device, seed); err != nil {
		return nil, o.enabledOrNot(ctx, p, account.Explain(err, "enabling "+h.Device))
	}
	if err := p.commit(); err != nil {
		return nil, err
	}
	return p.result(), nil
}

// newDevice creates a virtual device and returns its seed. One of the same name that nobody has is what an earlier run left: nobody
// knows its seed, and it is replaced.
func (o *Options) newDevice(ctx context.Context, name string) (*seal.Secret, error) {
	create := func() (*seal.Secret, error) {
		out, err := o.IAM.CreateVirtualMFADevice(ctx, &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: aws.String(name)}, once)
		if err != nil {
			return nil, err
		}
		made := out.VirtualMFADevice
		if got := aws.ToString(made.SerialNumber); got != o.device(name) {
			return nil, fmt.Errorf("IAM created %s, not %s", got, o.device(name))
		}
		clear(made.QRCodePNG)
		return seal.NewSecret(bytes.TrimSpace(made.Base32StringSeed)), nil
	}
	seed, err := create()
	var exists *types.EntityAlreadyExistsException
	if errors.As(err, &exists) {
		free, listing := o.unassigned(ctx, o.device(name))
		if listing != nil {
			return nil, listing
		}
		if !free {
			return nil, fmt.Errorf("another user has the device %s; name another one with --name", name)
		}
		o.Say("%s is enabled for nobody, and nobody has its seed: it is replaced", o.device(name))
		if err := o.deleteDevice(ctx, o.device(name)); err != nil {
			return nil, account.Explain(err, "deleting the device "+name)
		}
		seed, err = create()
	}
	if err != nil {
		err = account.Explain(err, "creating the device "+name)
		if !refused(err) {
			return nil, &Unfinished{
				Err: err, What: "AWS may have created it; nobody has its seed. The next run replaces it, or remove it", Undo: []string{o.deviceDeletion(o.device(name))},
			}
		}
		return nil, err
	}
	return seed, nil
}

// unassigned reports whether a virtual device exists that is enabled for nobody.
func (o *Options) unassigned(ctx context.Context, device string) (bool, error) {
	all, err := whole.Pages(ctx, iam.NewListVirtualMFADevicesPaginator(o.IAM,
		&iam.ListVirtualMFADevicesInput{AssignmentStatus: types.AssignmentStatusTypeUnassigned}),
		func(page *iam.ListVirtualMFADevicesOutput) []types.VirtualMFADevice { return page.VirtualMFADevices })
	if err != nil {
		return false, account.Explain(err, "listing the virtual MFA devices")
	}
	return slices.ContainsFunc(all, func(d types.VirtualMFADevice) bool { return aws.ToString(d.SerialNumber) == device }), nil
}

// Attempts to enable a device: the codes of another half minute each time, and IAM may not know a new device at once.
const (
	mostCodes  = 3
	mostLooks  = 10
	lookingFor = 2 * time.Second
)

// enable enables a device with the code of the half minute before and that of now. If AWS refuses them, the clocks differ: the next
// pair is tried.
func (o *Options) enable(ctx context.Context, device string, seed *seal.Secret) error {
	for codes, looks := 1, 1; ; {
		now := o.Now()
		first, _, err := seed.Code(now.Add(-seal.CodePeriod))
		if err != nil {
			return err
		}
		second, left, err := seed.Code(now)
		if err != nil {
			return err
		}
		_, err = o.IAM.EnableMFADevice(ctx, &iam.EnableMFADeviceInput{
			UserName: aws.String(o.User), SerialNumber: aws.String(device),
			AuthenticationCode1: aws.String(first.Reveal()), AuthenticationCode2: aws.String(second.Reveal()),
		}, once)
		first.Wipe()
		second.Wipe()
		var none *types.NoSuchEntityException
		var wrong *types.InvalidAuthenticationCodeException
		pause := lookingFor
		switch {
		case errors.As(err, &none) && looks < mostLooks:
			looks++
		case errors.As(err, &wrong) && codes < mostCodes:
			codes++
			pause = left
			o.Say("AWS refused the codes: waiting %d s for the next ones", int(left.Seconds()))
		default:
			return err
		}
		if err := o.Wait(ctx, pause); err != nil {
			return err
		}
	}
}

// enabledOrNot ends a run whose device AWS did not enable, or may have: only AWS knows, whatever the error says.
func (o *Options) enabledOrNot(ctx context.Context, p *sealed, cause error) error {
	unknown := &Unfinished{
		Err: cause, What: "AWS may have enabled the device whose seed is in " + p.path + ". Repeat the command, which settles it, or remove both",
		Undo: []string{
			o.deactivation(p.Device),
			o.deviceDeletion(p.Device), "rm " + p.path,
		},
	}
	devices, err := o.devices(ctx)
	if err != nil {
		return unknown
	}
	if _, on := devices[p.Device]; on {
		return o.enabledAfterAll(p, cause)
	}
	deleting := o.deleteDevice(ctx, p.Device)
	var used *types.DeleteConflictException
	switch {
	case deleting == nil:
		return errors.Join(cause, p.drop())
	case errors.As(deleting, &used): // the list was older than the device
		return o.enabledAfterAll(p, cause)
	case refused(cause):
		return o.deviceLeft(p.Device, errors.Join(cause, account.Explain(deleting, "deleting it again")), "rm "+p.path)
	}
	return unknown
}

// enabledAfterAll keeps the file of a device that AWS enabled.
func (o *Options) enabledAfterAll(p *sealed, cause error) error {
	if err := p.commit(); err != nil {
		return errors.Join(cause, err)
	}
	return fmt.Errorf("%w; the device is enabled all the same, and %s is valid", cause, p.path)
}

// undoDevice removes a new device whose seed is in no file.
func (o *Options) undoDevice(ctx context.Context, device string, cause error) error {
	if err := o.deleteDevice(ctx, device); err != nil {
		return o.deviceLeft(device, errors.Join(cause, account.Explain(err, "deleting it again")))
	}
	return cause
}

func (o *Options) deviceLeft(device string, cause error, also ...string) error {
	return &Unfinished{
		Err: cause, What: "the device is left, enabled for nobody. The next run replaces it, or remove it",
		Undo: append([]string{o.deviceDeletion(device)}, also...),
	}
}

// deleteDevice deletes a virtual device that is enabled for nobody. If there is none, an attempt whose answer was lost has deleted it.
func (o *Options) deleteDevice(ctx context.Context, device string) error {
	_, err := o.IAM.DeleteVirtualMFADevice(ctx, &iam.DeleteVirtualMFADeviceInput{SerialNumber: aws.String(device)})
	return unlessGone(err)
}

// unlessGone returns no error if what was to be removed does not exist.
func unlessGone(err error) error {
	var none *types.NoSuchEntityException
	if errors.As(err, &none) {
		return nil
	}
	return err
}
