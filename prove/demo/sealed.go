package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"example.com/breakglass/config"
	"example.com/breakglass/operate/credentials"
	"example.com/breakglass/operate/enter"
	"example.com/breakglass/operate/seal"
	"example.com/breakglass/prove/local"
)

// sealed gives the emergency user credentials that nobody sees whole, and gets into an account with what the two holders have.
func sealed(ctx context.Context, s *screen, r *local.Run) error {
	s.chapter("Credentials that nobody ever sees whole")
	folder, err := os.MkdirTemp("", "breakglass-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	one, err := age.GenerateX25519Identity()
	if err != nil {
		return err
	}
	other, err := age.GenerateX25519Identity()
	if err != nil {
		return err
	}
	// As breakglass.yaml would name them; the identities themselves stay with their holders.
	c := *r.Config
	c.Credentials.PasswordHolders, c.Credentials.MFAHolders = []string{one.Recipient().String()}, []string{other.Recipient().String()}
	c.Users = append([]config.User{}, c.Users...)
	c.Users[0].AccessKey = config.AccessKeySealed
	o := credentials.Options{Config: &c, IAM: iam.NewFromConfig(r.AWS(c.Hub.Region)), User: c.Users[0].Name, Folder: folder}

	s.scene("An administrator gives an emergency user a password, an MFA device and an access key, and sees none of them")
	files := map[seal.Kind]*seal.File{}
	for _, make := range []func() (*credentials.Result, error){
		func() (*credentials.Result, error) { return credentials.Create(ctx, o) },
		func() (*credentials.Result, error) { return credentials.MFA(ctx, o, "") },
		func() (*credentials.Result, error) { return credentials.Key(ctx, o) },
	} {
		made, err := make()
		if err != nil {
			return err
		}
		if files[made.Kind], err = seal.Read(made.File); err != nil {
			return err
		}
		s.step("%s, sealed to %s… in %s", made.Kind, made.Recipients[0][:16], filepath.Base(made.File))
	}

	s.scene("One holder alone gets nowhere")
	if _, err := enter.OpenSeed(files[seal.MFA], one); !errors.Is(err, seal.ErrWrongIdentity) {
		return fmt.Errorf("the holder of the password opened the MFA seed: %v", err)
	}
	s.step("the holder of the password and the key cannot open the MFA seed")
	key, err := enter.OpenKey(files[seal.Key], one)
	if err != nil {
		return err
	}

	s.scene("Both together get in without the console, with what the two files say and nothing else")
	facts, err := enter.FromSealed(files[seal.Key]).WithDevice(files[seal.MFA])
	if err != nil {
		return err
	}
	codes, err := enter.OpenSeed(files[seal.MFA], other)
	if err != nil {
		return err
	}
	began := time.Now()
	entered, err := within(ctx, r, enter.Request{Facts: facts, Account: facts.InHub(), Key: key, Codes: codes})
	if err != nil {
		return err
	}
	if entered.Keys.Expires.Before(time.Now()) {
		return fmt.Errorf("the session of %s ended at %v", entered.As(), entered.Keys.Expires)
	}
	s.step("a session with MFA in %s, by STS in %s, after %.1f s; it ends at %s", entered.Account, entered.Region, time.Since(began).Seconds(),
		entered.Until(time.Now()))
	s.note("The local AWS does not know whose session it is. On AWS, the next call assumes the role in production: breakglass enter production.")
	return nil
}

// within enters an account of the local AWS.
func within(ctx context.Context, r *local.Run, request enter.Request) (enter.Entered, error) {
	const endpoint = "AWS_ENDPOINT_URL"
	before, was := os.LookupEnv(endpoint)
	os.Setenv(endpoint, r.Server.URL())
	defer func() {
		if os.Unsetenv(endpoint); was {
			os.Setenv(endpoint, before)
		}
	}()
	var err error
	if request.STS, err = enter.NewAWS(ctx); err != nil {
		return enter.Entered{}, err
	}
	return enter.Do(ctx, request)
}
