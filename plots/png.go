package plots

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	imagedraw "image/draw"
	"image/png"
	"io"
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgimg"
)

type pngPage struct{ *vgimg.Canvas }

func newPNG(w, h vg.Length) page {
	return pngPage{vgimg.NewWith(vgimg.UseWH(w, h), vgimg.UseDPI(dpi))}
}

// DrawImage copies an image that was made for this page's pixels. The canvas'
// own method resamples, which blurs marks of a pixel or two and is slow.
func (c pngPage) DrawImage(r vg.Rectangle, img image.Image) {
	x := int(math.Round(r.Min.X.Dots(dpi)))
	y := c.Image().Bounds().Dy() - int(math.Round(r.Max.Y.Dots(dpi)))
	to := image.Rectangle{Min: image.Pt(x, y), Max: image.Pt(x, y).Add(img.Bounds().Size())}
	imagedraw.Draw(c.Image(), to, img, img.Bounds().Min, imagedraw.Over)
}

// encode writes the image with its density, so that programs place it at its
// size in millimetres. Every pixel is opaque, so the file has no alpha channel.
func (c pngPage) encode(w io.Writer) error {
	var buf bytes.Buffer
	if err := png.Encode(&buf, c.Image()); err != nil {
		return err
	}
	const header = 8 + 4 + 4 + 13 + 4 // signature and IHDR chunk
	const perMetre = dpi * 10000 / 254
	chunk := []byte("pHYs")
	chunk = binary.BigEndian.AppendUint32(chunk, perMetre)
	chunk = binary.BigEndian.AppendUint32(chunk, perMetre)
	chunk = append(chunk, 1) // the unit is the metre
	length := binary.BigEndian.AppendUint32(nil, uint32(len(chunk)-4))
	sum := binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(chunk))
	for _, part := range [][]byte{buf.Bytes()[:header], length, chunk, sum, buf.Bytes()[header:]} {
		if _, err := w.Write(part); err != nil {
			return err
		}
	}
	return nil
}
