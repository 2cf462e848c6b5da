package destroy

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/whole"
)

// strip removes from a user what keeps DeleteUser from deleting it (IAM API, DeleteUser): the password, MFA devices, access keys,
// certificates, SSH keys and credentials of services. It returns what it removed, which is nothing if the user does not exist.
func strip(ctx context.Context, cfg aws.Config, user string) (taken []string, err error) {
	client := iam.NewFromConfig(cfg)
	name := aws.String(user)
	if _, err := client.GetUser(ctx, &iam.GetUserInput{UserName: name}); err != nil {
		if gone(err) {
			return nil, nil
		}
		return nil, account.Explain(err, "reading the user "+user)
	}
	for _, part := range []struct {
		thing string
		take  func() (int, error)
	}{
		{"the password", func() (int, error) { return stripPassword(ctx, client, name) }},
		{"MFA devices", func() (int, error) { return stripDevices(ctx, client, name) }},
		{"access keys", func() (int, error) { return stripKeys(ctx, client, name) }},
		{"signing certificates", func() (int, error) { return stripCertificates(ctx, client, name) }},
		{"SSH keys", func() (int, error) { return stripSSHKeys(ctx, client, name) }},
		{"service credentials", func() (int, error) { return stripServiceCredentials(ctx, client, name) }},
	} {
		n, err := part.take()
		if n > 0 {
			text := part.thing
			if strings.HasSuffix(text, "s") {
				text = fmt.Sprintf("%d %s", n, text)
				if n == 1 {
					text = strings.TrimSuffix(text, "s")
				}
			}
			taken = append(taken, text)
		}
		if err != nil && !gone(err) {
			return taken, account.Explain(err, "deleting "+part.thing+" of the user "+user)
		}
	}
	return taken, nil
}

func gone(err error) bool {
	var none *types.NoSuchEntityException
	return errors.As(err, &none)
}

func stripPassword(ctx context.Context, client *iam.Client, user *string) (int, error) {
	if _, err := client.DeleteLoginProfile(ctx, &iam.DeleteLoginProfileInput{UserName: user}); err != nil {
		return 0, err
	}
	return 1, nil
}

func stripDevices(ctx context.Context, client *iam.Client, user *string) (int, error) {
	return each(ctx, iam.NewListMFADevicesPaginator(client, &iam.ListMFADevicesInput{UserName: user}),
		func(page *iam.ListMFADevicesOutput) []types.MFADevice { return page.MFADevices },
		func(d types.MFADevice) error {
			if _, err := client.DeactivateMFADevice(ctx, &iam.DeactivateMFADeviceInput{UserName: user, SerialNumber: d.SerialNumber}); err != nil {
				return err
			}
			// Only a virtual device is a resource of its own that stays; its serial number is an ARN of kind mfa.
			if !strings.Contains(aws.ToString(d.SerialNumber), ":mfa/") {
				return nil
			}
			_, err := client.DeleteVirtualMFADevice(ctx, &iam.DeleteVirtualMFADeviceInput{SerialNumber: d.SerialNumber})
			return err
		})
}

func stripKeys(ctx context.Context, client *iam.Client, user *string) (int, error) {
	return each(ctx, iam.NewListAccessKeysPaginator(client, &iam.ListAccessKeysInput{UserName: user}),
		func(page *iam.ListAccessKeysOutput) []types.AccessKeyMetadata { return page.AccessKeyMetadata },
		func(k types.AccessKeyMetadata) error {
			_, err := client.DeleteAccessKey(ctx, &iam.DeleteAccessKeyInput{UserName: user, AccessKeyId: k.AccessKeyId})
			return err
		})
}

func stripCertificates(ctx context.Context, client *iam.Client, user *string) (int, error) {
	return each(ctx, iam.NewListSigningCertificatesPaginator(client, &iam.ListSigningCertificatesInput{UserName: user}),
		func(page *iam.ListSigningCertificatesOutput) []types.SigningCertificate { return page.Certificates },
		func(c types.SigningCertificate) error {
			_, err := client.DeleteSigningCertificate(ctx, &iam.DeleteSigningCertificateInput{UserName: user, CertificateId: c.CertificateId})
			return err
		})
}

func stripSSHKeys(ctx context.Context, client *iam.Client, user *string) (int, error) {
	return each(ctx, iam.NewListSSHPublicKeysPaginator(client, &iam.ListSSHPublicKeysInput{UserName: user}),
		func(page *iam.ListSSHPublicKeysOutput) []types.SSHPublicKeyMetadata { return page.SSHPublicKeys },
		func(k types.SSHPublicKeyMetadata) error {
			_, err := client.DeleteSSHPublicKey(ctx, &iam.DeleteSSHPublicKeyInput{UserName: user, SSHPublicKeyId: k.SSHPublicKeyId})
			return err
		})
}

func stripServiceCredentials(ctx context.Context, client *iam.Client, user *string) (int, error) {
	all, err := whole.List(func(marker *string) ([]types.ServiceSpecificCredentialMetadata, *string, error) {
		page, err := client.ListServiceSpecificCredentials(ctx, &iam.ListServiceSpecificCredentialsInput{UserName: user, Marker: marker})
		if err != nil {
			return nil, nil, err
		}
		return page.ServiceSpecificCredentials, page.Marker, nil
	})
	if err != nil {
		return 0, err
	}
	return remove(all, func(c types.ServiceSpecificCredentialMetadata) error {
		_, err := client.DeleteServiceSpecificCredential(ctx, &iam.DeleteServiceSpecificCredentialInput{
			UserName: user, ServiceSpecificCredentialId: c.ServiceSpecificCredentialId,
		})
		return err
	})
}

// each removes what all pages list, after the last one is read: a page that is read after a removal could leave something out.
func each[P, T any](ctx context.Context, pages whole.Paginator[P, iam.Options], of func(P) []T, drop func(T) error) (n int, err error) {
	all, err := whole.Pages(ctx, pages, of)
	if err != nil {
		return 0, err
	}
	return remove(all, drop)
}

// remove deletes what a list has, and returns how many it deleted: what is gone already does not count.
func remove[T any](all []T, drop func(T) error) (n int, err error) {
	for _, one := range all {
		switch err := drop(one); {
		case gone(err):
		case err != nil:
			return n, err
		default:
			n++
		}
	}
	return n, nil
}
