package sequence

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"neurosim/internal/fixture"
)

// Streams A and B: 188 steps of two sequences that share elements, from
// htm.core; every step and every synapse at the end. See
// testdata/reference/README.md.
func TestStreamsOfHTMCore(t *testing.T) {
	for _, stream := range []struct {
		name   string
		maxNew int
	}{{"a", 3}, {"b", 6}} {
		t.Run(stream.name, func(t *testing.T) {
			m, err := New(Params{Columns: 24, CellsPerColumn: 4, Rules: HTMCore, SegmentParams: SegmentParams{
				ActivationThreshold: 3, MinThreshold: 2, MaxNewSynapseCount: stream.maxNew,
				InitialPermanence: 0.21, ConnectedPermanence: 0.5, PermanenceIncrement: 0.1, PermanenceDecrement: 0.05, PredictedDecrement: 0.02,
				MaxSegmentsPerCell: 255, MaxSynapses: 255,
			}}, 1, 1)
			if err != nil {
				t.Fatal(err)
			}
			rows := fixture.CSV(t, "../testdata/reference/sequence/tm_kat_"+stream.name+"_steps.csv")[1:]
			if len(rows) != 188 {
				t.Fatalf("%d steps, want 188", len(rows))
			}
			for i, row := range rows {
				if resets(i) {
					m.Reset()
				}
				predicted := fmt.Sprint(m.Predicted())
				var columns []int32
				for _, f := range strings.Fields(row[3]) {
					c, _ := strconv.Atoi(f)
					columns = append(columns, int32(c))
				}
				m.Step(columns, row[2] == "1")
				sum := 0.0
				for c := range uint32(24 * 4) {
					for _, s := range m.SegmentsOf(c) {
						for _, x := range s {
							sum += float64(x.Permanence)
						}
					}
				}
				got := fmt.Sprintf("%s %.6f %v %v %d %d", predicted, m.Anomaly(), m.Active(), m.Winners(), m.Segments(), m.Synapses())
				want := fmt.Sprintf("[%s] %s [%s] [%s] %s %s", row[4], row[5], row[6], row[7], row[8], row[9])
				if got != want {
					t.Fatalf("step %d:\n got %s\nwant %s", i, got, want)
				}
				if wantSum, _ := strconv.ParseFloat(row[10], 64); math.Abs(sum-wantSum) > 1e-4 { // printed with 4 decimals
					t.Fatalf("step %d: permanences add up to %.5f, want %s", i, sum, row[10])
				}
			}
			got := map[string]float64{}
			for c := range uint32(24 * 4) {
				for k, s := range m.SegmentsOf(c) {
					for _, x := range s {
						got[fmt.Sprintf("%d,%d,%d", c, k, x.Cell)] = float64(x.Permanence)
					}
				}
			}
			want := fixture.CSV(t, "../testdata/reference/sequence/tm_kat_"+stream.name+"_synapses.csv")[1:]
			if len(got) != len(want) {
				t.Errorf("%d synapses, want %d", len(got), len(want))
			}
			for _, row := range want {
				key := strings.Join(row[:3], ",")
				if p, _ := strconv.ParseFloat(row[3], 64); math.Abs(got[key]-p) > 1e-5 {
					t.Errorf("synapse %s: %.6f, want %s", key, got[key], row[3])
				}
			}
		})
	}
}

// resets says where the streams begin again: every four steps, but not in the
// last eight.
func resets(step int) bool { return step%4 == 0 && step < 180 }
