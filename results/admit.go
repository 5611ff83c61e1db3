package results

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// A Mode says what Create does with a directory that exists already.
type Mode int

const (
	// New refuses a directory that is not empty.
	New Mode = iota

	// Overwrite replaces the run in the directory, finished or not. Each old
	// file stays whole until the new one of its name is; those that the new run
	// did not write are removed by Finish, and only those that the old run.json
	// lists. Without a run.json the directory must be empty.
	Overwrite

	// Resume goes on with a run that is not finished and left a checkpoint, or
	// was killed before it wrote anything.
	Resume

	// Merge makes the run of which the directory holds the parts. What a merge left that
	// was interrupted is made again.
	Merge
)

// admit returns the record of the run in a directory, empty where there is
// none, or the reason why a run may not be written there. It changes nothing.
func admit(path string, mode Mode) (Record, error) {
	empty, err := isEmpty(path)
	if err != nil {
		return Record{}, err
	}
	if parts := HasParts(path); parts && (mode == New || mode == Overwrite) {
		return Record{}, fmt.Errorf("%s: holds the parts of a divided run: neurosim status and neurosim merge are for it", path)
	} else if !parts && mode == Merge {
		return Record{}, fmt.Errorf("%s: holds no parts of a divided run", path)
	}
	switch mode {
	case Merge:
		if empty {
			return Record{}, nil
		}
	case New:
		if !empty {
			return Record{}, fmt.Errorf("%s: exists and is not empty: choose another directory, "+
				"--overwrite to replace the run in it, or --resume to go on with one that was interrupted", path)
		}
		return Record{}, nil
	case Overwrite:
		if empty {
			return Record{}, nil
		}
	}
	if err := checkFolders(path); err != nil {
		return Record{}, err
	}
	rec, err := readRecord(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Record{}, notARun(path)
	case err != nil:
		return Record{}, err
	case mode == Overwrite || mode == Merge && rec.Outcome != Done:
		return rec, nil
	case mode == Merge:
		return Record{}, fmt.Errorf("%s: is merged already", path)
	case rec.Outcome == Done:
		return Record{}, fmt.Errorf("%s: the run in it is finished: there is nothing to resume", path)
	}
	if _, err := os.Stat(filepath.Join(path, checkpointName)); err != nil && len(rec.Files)+len(rec.Partial) > 0 {
		return Record{}, fmt.Errorf("%s: the run in it left no checkpoint to resume from: "+
			"--overwrite starts it again", path)
	}
	return rec, nil
}

// isEmpty reports whether a directory is not there, or holds nothing but what a
// run leaves that was killed before its first line of record, and parts.
func isEmpty(path string) (bool, error) {
	entries, err := os.ReadDir(path)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	if info, statErr := os.Stat(path); statErr == nil && !info.IsDir() {
		return false, fmt.Errorf("%s: is a file, not a directory", path)
	}
	if err != nil {
		return false, about(path, err)
	}
	for _, e := range entries {
		if name := e.Name(); name != lockName && name != recordName+tmpSuffix && name != partsName {
			return false, nil
		}
	}
	return true, nil
}

// notARun is the error for a directory without a record.
func notARun(path string) error {
	if _, err := os.Stat(path); err != nil {
		return about(path, err)
	}
	return fmt.Errorf("%s: holds no %s, so it is not the directory of a run", path, recordName)
}

// unfinished says in words how a run ended that is not done.
func unfinished(path string, rec Record) error {
	how := "it was killed"
	switch {
	case rec.Outcome == Interrupted:
		how = "it was interrupted"
	case rec.Outcome == Failed && rec.Error != "":
		how = "it failed: " + rec.Error
	case rec.Outcome == Failed:
		how = "it failed"
	default:
		if by, busy := writer(path); busy {
			return fmt.Errorf("%s: unfinished run: %s is still writing it", path, by)
		}
	}
	next := "it left no checkpoint, --overwrite starts it again"
	if _, err := os.Stat(filepath.Join(path, checkpointName)); err == nil {
		next = "--resume goes on with it"
	}
	return fmt.Errorf("%s: unfinished run: %s (%s)", path, how, next)
}
