// Package read reads QR codes in tests, with a decoder that shares nothing with the encoder of package qr. Only tests import it.
package read

import (
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"strings"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// SVG draws an image of package qr, and reads the code in it.
func SVG(svg string) (string, error) {
	var drawn struct {
		Box   string `xml:"viewBox,attr"`
		Paths []struct {
			Stroke string `xml:"stroke,attr"`
			Fill   string `xml:"fill,attr"`
			D      string `xml:"d,attr"`
		} `xml:"path"`
	}
	if err := xml.Unmarshal([]byte(svg), &drawn); err != nil {
		return "", err
	}
	var size int
	if _, err := fmt.Sscanf(drawn.Box, "0 0 %d", &size); err != nil || len(drawn.Paths) != 2 || drawn.Paths[0].Fill != "#fff" || drawn.Paths[1].Stroke != "#000" {
		return "", fmt.Errorf("not black on white: %.300s", svg)
	}
	const scale = 4
	picture := image.NewGray(image.Rect(0, 0, size*scale, size*scale))
	for i := range picture.Pix {
		picture.Pix[i] = 0xff
	}
	for _, line := range strings.Split(drawn.Paths[1].D, "M")[1:] {
		var x, y, n int
		if _, err := fmt.Sscanf(line, "%d %d.5h%d", &x, &y, &n); err != nil {
			return "", fmt.Errorf("%q: %w", line, err)
		}
		for px := x * scale; px < (x+n)*scale; px++ {
			for py := y * scale; py < (y+1)*scale; py++ {
				picture.SetGray(px, py, color.Gray{})
			}
		}
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(picture)
	if err != nil {
		return "", err
	}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_PURE_BARCODE: true})
	if err != nil {
		return "", err
	}
	return result.GetText(), nil
}
