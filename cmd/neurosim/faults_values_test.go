package main

import "testing"

// A window longer than the run is one of any length. No test saw otherwise: all
// windows of the tests were a small part of the run, so that no conversion to steps
// came near the limits of its type.
func TestWindowsOfAnyLength(t *testing.T) { faultScript(t, "window-overflow") }
