package results

import (
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"neurosim/internal/infile"
)

const (
	checkpointName = "checkpoint.bin"

	// A checkpoint is this line, a gob, and the SHA-256 of both.
	checkpointKind    = "neurosim checkpoint "
	checkpointVersion = "2"
	checkpointMagic   = checkpointKind + checkpointVersion + "\n"
)

// WriteCheckpoint replaces checkpoint.bin by v, whole or not at all. Before it,
// take the Mark of every stream into v. Finish removes it.
func (d *Dir) WriteCheckpoint(v any) error {
	d.mu.Lock()
	live := d.state == running
	d.mu.Unlock()
	if !live {
		return about(checkpointName, errors.New("is written only between Begin and Finish"))
	}
	_, err := writeWhole(d.path, checkpointName, func(w io.Writer) error { return encodeState(w, v) })
	return err
}

// encodeState writes the line, the gob and the hash.
func encodeState(w io.Writer, v any) error {
	sum := sha256.New()
	both := io.MultiWriter(w, sum)
	if _, err := io.WriteString(both, checkpointMagic); err != nil {
		return err
	}
	if err := gob.NewEncoder(both).Encode(v); err != nil {
		return err
	}
	_, err := w.Write(sum.Sum(nil))
	return err
}

// ReadCheckpoint reads the checkpoint into v, a pointer to what was written. A
// damaged file is refused before anything of it is decoded.
func (d *Dir) ReadCheckpoint(v any) error {
	f, err := open(d.path, checkpointName, infile.Any)
	if err != nil {
		return about(checkpointName, err)
	}
	defer f.Close()
	return about(checkpointName, decodeState(f, v))
}

// decodeState reads what encodeState wrote.
func decodeState(f *os.File, v any) error {
	payload, err := verify(f)
	if err != nil {
		return err
	}
	if err := gob.NewDecoder(payload).Decode(v); err != nil {
		return fmt.Errorf("does not fit this program: %w", err)
	}
	return nil
}

// verify checks a checkpoint's first line and hash and returns the gob.
func verify(f *os.File) (io.Reader, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	first := make([]byte, min(info.Size(), int64(len(checkpointMagic))))
	if _, err := f.ReadAt(first, 0); err != nil && err != io.EOF {
		return nil, err
	}
	end := info.Size() - sha256.Size
	if version, ok := strings.CutPrefix(string(first), checkpointKind); !ok {
		return nil, errors.New("not a checkpoint of neurosim, or damaged at its start")
	} else if string(first) != checkpointMagic {
		return nil, fmt.Errorf("checkpoint version %q: this program reads %s", strings.TrimSpace(version), checkpointVersion)
	} else if end < int64(len(checkpointMagic)) {
		return nil, errors.New("damaged: it is cut short")
	}
	sum, want := sha256.New(), make([]byte, sha256.Size)
	if _, err := io.Copy(sum, io.NewSectionReader(f, 0, end)); err != nil {
		return nil, err
	}
	if _, err := f.ReadAt(want, end); err != nil {
		return nil, err
	}
	if !bytes.Equal(sum.Sum(nil), want) {
		return nil, errors.New("damaged or cut short: its content does not have the hash at its end")
	}
	return io.NewSectionReader(f, int64(len(checkpointMagic)), end-int64(len(checkpointMagic))), nil
}
