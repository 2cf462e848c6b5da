package credentials

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/operate/seal"
)

// renewed ends the name of a device that replaces another one; the next replacement has the first name again. So the replacement that
// an earlier run began is found, and ended.
const renewed = "-renewed"

// nextName returns the name of the device that replaces one.
func nextName(device string) string {
	name := device[strings.LastIndex(device, "/")+1:]
	if first, again := strings.CutSuffix(name, renewed); again {
		return first
	}
	return name + renewed
}

// rotateDevices replaces the devices whose seeds are in the folder.
func (o *Options) rotateDevices(ctx context.Context) (done []*Result, err error) {
	devices, err := o.devices(ctx)
	if err != nil {
		return nil, err
	}
	files, _, err := o.files(seal.MFA)
	if err != nil {
		return nil, err
	}
	valid := current(files, devices)
	for _, f := range files {
		enabled, listed := devices[f.Device]
		var err error
		switch {
		case f.Void != nil:
		case !listed:
			err = o.abandon(ctx, f)
		case !f.enabledAt(enabled):
			err = o.mark(f, o.Now(), "its device has another seed")
		}
		if err != nil {
			return nil, err
		}
	}
	for _, device := range slices.Sorted(maps.Keys(valid)) {
		f, now := valid[device], valid[o.device(nextName(device))]
		var result *Result
		switch {
		case now == nil:
			if err := o.rehearse(seal.MFA); err != nil {
				return done, err
			}
			if result, err = o.enrol(ctx, nextName(device), devices); err != nil {
				return done, err
			}
		case now.Created.After(f.Created): // an earlier run was cut off before it removed the old device
			result = now.result()
		default:
			continue // it is the replacement
		}
		some, err := o.retireDevice(ctx, f.Device, copies(files, f.Device, devices[f.Device]), result)
		if done = append(done, some...); err != nil {
			return done, err
		}
	}
	return done, nil
}

// abandon deletes the device of a file, if it is enabled for nobody, and marks the file: an earlier run was cut off between the two.
func (o *Options) abandon(ctx context.Context, f *sealed) error {
	if err := o.release(ctx, f); err != nil {
		return err
	}
	o.Say("%s is not enabled: %s is void", f.Device, f.path)
	return o.mark(f, o.Now(), "its device is not enabled")
}

// release deletes the device of a file, if it is enabled for nobody. That IAM does not list it for the user is not enough: the list may
// be older than the device.
func (o *Options) release(ctx context.Context, f *sealed) error {
	err := o.deleteDevice(ctx, f.Device)
	var used *types.DeleteConflictException
	switch {
	case errors.As(err, &used):
		return fmt.Errorf("IAM does not list %s as a device of %s yet, and says that it is in use; %s stays as it is: repeat the command in a minute", f.Device,
			o.User, f.path)
	case err != nil:
		return account.Explain(err, "deleting "+f.Device+", which is enabled for nobody")
	}
	return nil
}

// copies returns the files that are valid for a device: a folder may have several of the same seed.
func copies(files []*sealed, device string, enabled time.Time) []*sealed {
	return slices.DeleteFunc(slices.Clone(files), func(f *sealed) bool { return f.Device != device || f.Void != nil || !f.enabledAt(enabled) })
}

// retireDevice takes the old device from the user, once the new one is sealed and enabled, and marks its files.
func (o *Options) retireDevice(ctx context.Context, device string, old []*sealed, now *Result) ([]*Result, error) {
	ctx, end := finish(ctx)
	defer end()
	failed := func(err error, doing string) ([]*Result, error) {
		return []*Result{now}, &Unfinished{
			Err: account.Explain(err, doing+" "+device), What: now.File + " is valid, and so is the old device. Repeat the command, or remove it",
			Undo: []string{
				o.deactivation(device),
				o.deviceDeletion(device),
			},
		}
	}
	if _, err := o.IAM.DeactivateMFADevice(ctx, &iam.DeactivateMFADeviceInput{
		UserName: aws.String(o.User), SerialNumber: aws.String(device),
	}); unlessGone(err) != nil {
		return failed(err, "deactivating")
	}
	if err := o.deleteDevice(ctx, device); err != nil {
		return failed(err, "deleting")
	}
	return o.replaced(now, old, nil)
}

// listing is how long IAM may take at most until it lists a new access key.
const listing = 5 * time.Minute

// rotateKeys replaces the key whose file is in the folder.
func (o *Options) rotateKeys(ctx context.Context) ([]*Result, error) {
	files, _, err := o.files(seal.Key)
	if err != nil {
		return nil, err
	}
	keys, err := o.keys(ctx)
	if err != nil {
		return nil, err
	}
	valid := map[string][]*sealed{} // by key: a folder may have copies of a file
	for _, f := range files {
		if f.Void != nil {
			continue
		}
		if _, exists := keys[f.AccessKey]; exists {
			valid[f.AccessKey] = append(valid[f.AccessKey], f)
			continue
		}
		if o.Now().Sub(f.Created).Abs() < listing {
			return nil, fmt.Errorf("IAM does not list the access key %s of %s yet; %s stays as it is: repeat the command in a few minutes", f.AccessKey, o.User, f.path)
		}
		if err := o.mark(f, o.Now(), "its access key does not exist"); err != nil {
			return nil, err
		}
	}
	if len(valid) == 0 {
		return nil, nil
	}
	ids := slices.SortedFunc(maps.Keys(valid), func(a, b string) int { return valid[a][0].Created.Compare(valid[b][0].Created) })
	if len(ids) == mostKeys { // an earlier run was cut off before it deleted the old key
		return o.retireKey(ctx, valid[ids[0]], valid[ids[1]][0].result())
	}
	if err := o.keyAllowed(ctx); err != nil {
		return nil, err
	}
	now, err := o.newKey(ctx)
	if err != nil {
		return nil, err
	}
	return o.retireKey(ctx, valid[ids[0]], now)
}

// retireKey deletes the old key, once the new one is sealed, and marks its files.
func (o *Options) retireKey(ctx context.Context, old []*sealed, now *Result) ([]*Result, error) {
	ctx, end := finish(ctx)
	defer end()
	id := old[0].AccessKey
	if _, err := o.IAM.DeleteAccessKey(ctx, &iam.DeleteAccessKeyInput{UserName: aws.String(o.User), AccessKeyId: aws.String(id)}); unlessGone(err) != nil {
		return []*Result{now}, &Unfinished{
			Err: account.Explain(err, "deleting the access key "+id), What: now.File + " is valid, and so is the old key. Repeat the command, or remove it",
			Undo: []string{o.keyDeletion(id)},
		}
	}
	return o.replaced(now, old, nil)
}
