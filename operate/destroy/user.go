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
)

// Strip removes from a user what keeps DeleteUser from deleting it (IAM API, DeleteUser): the password, MFA devices, access keys,
// certificates, SSH keys and credentials of services. It returns what it removed, which is nothing if the user does not exist.
func Strip(ctx context.Context, cfg aws.Config, user string) (taken []string, err error) {
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

func stripDevices(ctx context.Context, client *iam.Client, user *string) (n int, err error) {
	pages := iam.NewListMFADevicesPaginator(client, &iam.ListMFADevicesInput{UserName: user})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return n, err
		}
		for _, d := range page.MFADevices {
			if _, err := client.DeactivateMFADevice(ctx, &iam.DeactivateMFADeviceInput{UserName: user, SerialNumber: d.SerialNumber}); err != nil {
				return n, err
			}
			n++
			// Only a virtual device is a resource of its own that stays; its serial number is an ARN of kind mfa.
			if !strings.Contains(aws.ToString(d.SerialNumber), ":mfa/") {
				continue
			}
			if _, err := client.DeleteVirtualMFADevice(ctx, &iam.DeleteVirtualMFADeviceInput{SerialNumber: d.SerialNumber}); err != nil && !gone(err) {
				return n, err
			}
		}
	}
	return n, nil
}

func stripKeys(ctx context.Context, client *iam.Client, user *string) (n int, err error) {
	pages := iam.NewListAccessKeysPaginator(client, &iam.ListAccessKeysInput{UserName: user})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return n, err
		}
		for _, k := range page.AccessKeyMetadata {
			if _, err := client.DeleteAccessKey(ctx, &iam.DeleteAccessKeyInput{UserName: user, AccessKeyId: k.AccessKeyId}); err != nil {
				return n, err
			}
			n++
		}
	}
	return n, nil
}

func stripCertificates(ctx context.Context, client *iam.Client, user *string) (n int, err error) {
	pages := iam.NewListSigningCertificatesPaginator(client, &iam.ListSigningCertificatesInput{UserName: user})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return n, err
		}
		for _, c := range page.Certificates {
			if _, err := client.DeleteSigningCertificate(ctx, &iam.DeleteSigningCertificateInput{UserName: user, CertificateId: c.CertificateId}); err != nil {
				return n, err
			}
			n++
		}
	}
	return n, nil
}

func stripSSHKeys(ctx context.Context, client *iam.Client, user *string) (n int, err error) {
	pages := iam.NewListSSHPublicKeysPaginator(client, &iam.ListSSHPublicKeysInput{UserName: user})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return n, err
		}
		for _, k := range page.SSHPublicKeys {
			if _, err := client.DeleteSSHPublicKey(ctx, &iam.DeleteSSHPublicKeyInput{UserName: user, SSHPublicKeyId: k.SSHPublicKeyId}); err != nil {
				return n, err
			}
			n++
		}
	}
	return n, nil
}

func stripServiceCredentials(ctx context.Context, client *iam.Client, user *string) (n int, err error) {
	for {
		// A page at a time, from the start: what was deleted is not listed again.
		out, err := client.ListServiceSpecificCredentials(ctx, &iam.ListServiceSpecificCredentialsInput{UserName: user})
		if err != nil || len(out.ServiceSpecificCredentials) == 0 {
			return n, err
		}
		for _, c := range out.ServiceSpecificCredentials {
			if _, err := client.DeleteServiceSpecificCredential(ctx, &iam.DeleteServiceSpecificCredentialInput{
				UserName: user, ServiceSpecificCredentialId: c.ServiceSpecificCredentialId,
			}); err != nil {
				return n, err
			}
			n++
		}
	}
}
