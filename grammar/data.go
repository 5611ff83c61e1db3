package grammar

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"

	"neurosim/internal/infile"
)

// largeFile is how large a file of data is (bytes) that is read again where it is needed, and
// not held in memory.
const largeFile = 16 << 20

// A content is what a file held when it was first read: its bytes, or, of a large one, where they
// are and their hash, so that no one takes others for them.
type content struct {
	text []byte
	path string // of a large file; "": text is the whole
	size int64
	sum  string // SHA-256 of a large file, in lower-case hex
	rows int    // line ends of a large file
}

// contentOf is the content of a file in memory, whose hash is taken when it is asked for.
func contentOf(text []byte) content { return content{text: text, size: int64(len(text))} }

// sha256 is the hash of the content, in lower-case hex.
func (c *content) sha256() string {
	if c.path != "" {
		return c.sum
	}
	sum := sha256.Sum256(c.text)
	return hex.EncodeToString(sum[:])
}

// open returns the bytes from the first. What a large file holds that was changed since it was
// first read ends in an error in place of EOF.
func (c *content) open() (io.ReadCloser, error) {
	if c.path == "" {
		return io.NopCloser(bytes.NewReader(c.text)), nil
	}
	f, err := infile.Open(c.path, infile.Any)
	if err != nil {
		return nil, err
	}
	sum := sha256.New()
	return &verified{Reader: io.TeeReader(f, sum), Closer: f, same: func() bool { return hex.EncodeToString(sum.Sum(nil)) == c.sum }}, nil
}

// verified is a reader that ends in an error where what it read is not what it should be.
type verified struct {
	io.Reader
	io.Closer
	same func() bool
}

// errChanged says that a file has another content than when it was first read.
var errChanged = fmt.Errorf("was changed while it was in use: nothing may write to it until the run has copied it")

func (v *verified) Read(p []byte) (int, error) {
	n, err := v.Reader.Read(p)
	if err == io.EOF && !v.same() {
		err = errChanged
	}
	return n, err
}

// large looks at a file of the disk that a key names, once; it is nil for one that is small, or
// that is not on the disk.
func (r *files) large(name string, limit int64) *content {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c, seen := r.larges[name]; seen {
		return c
	}
	var c *content
	if r.read == nil && !r.shipped[name] && r.known[name] == nil {
		c = scan(filepath.FromSlash(name), limit)
	}
	r.larges[name] = c
	return c
}

// scan reads a large file for its hash and the number of its lines; nil for any other, whose
// error, if there is one, comes when it is read.
func scan(path string, limit int64) *content {
	f, err := infile.Open(path, limit)
	if err != nil {
		return nil
	}
	defer f.Close()
	var info fs.FileInfo
	if info, err = f.Stat(); err != nil || info.Size() < largeFile {
		return nil
	}
	c, sum, buf := &content{path: path}, sha256.New(), make([]byte, 1<<18)
	lf, cr := 0, 0
	for {
		n, err := f.Read(buf)
		sum.Write(buf[:n])
		lf, cr = lf+bytes.Count(buf[:n], []byte{'\n'}), cr+bytes.Count(buf[:n], []byte{'\r'})
		c.size += int64(n)
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil
		}
	}
	if c.rows = lf; lf == 0 {
		c.rows = cr
	}
	c.sum = hex.EncodeToString(sum.Sum(nil))
	return c
}

// A DataAt reads a file of data at any place. It is to be closed.
type DataAt struct {
	io.ReaderAt
	Size  int64 // bytes
	close func() error
}

// Close closes the file. The error says that a large file has not held all the while what it held
// when it was first read.
func (f *DataAt) Close() error { return f.close() }

// at opens the file for reading at any place. What is read of a large file is not compared with
// what was there before Close is called, which reads it to its end once more.
func (c *content) at() (*DataAt, error) {
	if c.path == "" {
		return &DataAt{bytes.NewReader(c.text), c.size, func() error { return nil }}, nil
	}
	f, err := infile.Open(c.path, infile.Any)
	if err != nil {
		return nil, err
	}
	same := func() error {
		again, err := c.open()
		if err != nil {
			return err
		}
		defer again.Close()
		_, err = io.Copy(io.Discard, again)
		return err
	}
	return &DataAt{f, c.size, func() error { return errors.Join(f.Close(), same()) }}, nil
}

// Data is a file that a key names, which may be larger than what should be in memory.
type Data struct {
	content
	head []byte
}

// headBytes is how much of a file tells what it is.
const headBytes = 1 << 20

// Head returns the beginning of the file, or the whole.
func (f *Data) Head() []byte { return f.head }

// Open opens a file that a key names, of limited size, and makes it an input. Of a large one no
// more than a part is in memory.
func (d *Decoder) Open(key, file string, limit int64) (*Data, bool) {
	large := d.src.reader.large(file, limit)
	if large == nil {
		text, ok := d.ReadFile(key, file, limit)
		return &Data{contentOf(text), text}, ok
	}
	f, err := large.open()
	if err == nil {
		defer f.Close()
		head := make([]byte, headBytes)
		if _, err = io.ReadFull(f, head); err == nil {
			d.src.keepContent(file, *large)
			return &Data{*large, head}, true
		}
	}
	d.Bad(key, "%s: %s", file, reason(err))
	return nil, false
}

// OpenAt opens a file that a key names for reading at any place, and makes it an input. Of a large
// one no more than what is asked for is in memory.
func (d *Decoder) OpenAt(key, file string, limit int64) (*DataAt, bool) {
	data, ok := d.Open(key, file, limit)
	if !ok {
		return nil, false
	}
	return d.At(key, file, data)
}

// At opens a file that was opened before for reading at any place.
func (d *Decoder) At(key, file string, data *Data) (*DataAt, bool) {
	f, err := data.at()
	if err != nil {
		d.Bad(key, "%s: %s", file, reason(err))
		return nil, false
	}
	return f, true
}
