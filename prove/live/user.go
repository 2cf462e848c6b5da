package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"example.com/breakglass/config"
	"example.com/breakglass/operate/enter"
	"example.com/breakglass/operate/seal"
)

// emergencyUser is the user of the deployment with a password and a device. The removal takes both away with the user.
type emergencyUser struct {
	name, password string
	// serial is the ARN of the device, seed what its codes are made from.
	serial, seed string
	// used is the period of the last code: AWS takes none twice. The local AWS does: local is set there.
	used  int64
	local bool
}

// trialDevice is the name of the user's device.
const trialDevice = "live-trial"

// emergency gives the user a password and a device, the first time that a question needs them.
func (t *trial) emergency(ctx context.Context) (*emergencyUser, error) {
	if t.user != nil {
		return t.user, nil
	}
	api := iam.NewFromConfig(t.caller.In(hubRegion))
	u := &emergencyUser{local: t.Local, name: config.DefaultUser, password: rand.Text() + "-a1"}
	if _, err := api.CreateLoginProfile(ctx, &iam.CreateLoginProfileInput{UserName: aws.String(u.name), Password: aws.String(u.password)}); err != nil {
		return nil, err
	}
	u.serial = t.hubPlace("").ARN("iam", "mfa/"+trialDevice)
	t.undo.add("the device of "+u.name, func(ctx context.Context) error {
		_, err := api.DeactivateMFADevice(ctx, &iam.DeactivateMFADeviceInput{UserName: aws.String(u.name), SerialNumber: aws.String(u.serial)})
		if err := gone(err, "NoSuchEntity"); err != nil {
			return err
		}
		_, err = api.DeleteVirtualMFADevice(ctx, &iam.DeleteVirtualMFADeviceInput{SerialNumber: aws.String(u.serial)})
		return gone(err, "NoSuchEntity")
	})
	device, err := api.CreateVirtualMFADevice(ctx, &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: aws.String(trialDevice)})
	if err != nil {
		return nil, err
	}
	u.seed = string(device.VirtualMFADevice.Base32StringSeed)
	first, err := u.code(ctx)
	if err != nil {
		return nil, err
	}
	second, err := u.code(ctx)
	if err != nil {
		return nil, err
	}
	_, err = api.EnableMFADevice(ctx, &iam.EnableMFADeviceInput{
		UserName: aws.String(u.name), SerialNumber: aws.String(u.serial), AuthenticationCode1: aws.String(first), AuthenticationCode2: aws.String(second),
	})
	if err != nil {
		return nil, err
	}
	t.user = u
	return u, nil
}

// code returns a code that was not used before; it waits for the next one.
func (u *emergencyUser) code(ctx context.Context) (string, error) {
	now := time.Now()
	if current := now.Unix() / int64(seal.CodePeriod.Seconds()); current <= u.used && !u.local {
		pause(ctx, time.Unix((u.used+1)*int64(seal.CodePeriod.Seconds()), 0).Sub(now))
		now = time.Now()
	}
	u.used = now.Unix() / int64(seal.CodePeriod.Seconds())
	code, _, err := seal.NewSecret([]byte(u.seed)).Code(now)
	if err == nil {
		err = ctx.Err()
	}
	return code.Reveal(), err
}

// key gives the user an access key, which the trial removes again, and returns a configuration that signs with it.
func (t *trial) key(ctx context.Context, u *emergencyUser) (aws.Config, error) {
	api := iam.NewFromConfig(t.caller.In(hubRegion))
	made, err := api.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: aws.String(u.name)})
	if err != nil {
		return aws.Config{}, err
	}
	id := aws.ToString(made.AccessKey.AccessKeyId)
	t.undo.add(fmt.Sprintf("the access key %s of %s", id, u.name), func(ctx context.Context) error {
		_, err := api.DeleteAccessKey(ctx, &iam.DeleteAccessKeyInput{UserName: aws.String(u.name), AccessKeyId: aws.String(id)})
		return gone(err, "NoSuchEntity")
	})
	t.accessKey = enter.Keys{ID: id, Secret: aws.ToString(made.AccessKey.SecretAccessKey)}
	cfg := t.caller.In(hubRegion)
	cfg.Credentials = credentials.NewStaticCredentialsProvider(id, aws.ToString(made.AccessKey.SecretAccessKey), "")
	return cfg, nil
}
