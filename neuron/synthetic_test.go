package neuron

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"testing"
)

const syntheticFile = "../configs/cells/synthetic-pyramidal.swc"

// grower writes the samples of a cell.
type grower struct {
	bytes.Buffer
	id int
}

// sample writes one and returns its number.
func (g *grower) sample(kind int, x [3]float64, radius float64, parent int) int {
	g.id++
	fmt.Fprintf(g, "%d %d %.2f %.2f %.2f %.3f %d\n", g.id, kind, x[0], x[1], x[2], radius, parent)
	return g.id
}

// tip is the end of a neurite: its sample, place and direction.
type tip struct {
	id  int
	x   [3]float64
	dir [3]float64
}

// grow adds a straight neurite of samples 10 µm apart, tapering from radius r0
// to r1, and returns its end and, for every sample, a tip to branch from.
func (g *grower) grow(kind int, from tip, length, r0, r1 float64) (end tip, along []tip) {
	n := int(length / 10)
	for i := 1; i <= n; i++ {
		for k := range from.x {
			from.x[k] += 10 * from.dir[k]
		}
		f := float64(i) / float64(n)
		from.id = g.sample(kind, from.x, r0+f*(r1-r0), from.id)
		along = append(along, from)
	}
	return from, along
}

// turn returns the direction at the angle away from d, on the side that the
// azimuth says.
func turn(d [3]float64, away, azimuth float64) [3]float64 {
	// two directions across d
	a := [3]float64{d[1], -d[0], 0}
	if math.Abs(d[0])+math.Abs(d[1]) < 0.1 {
		a = [3]float64{1, 0, 0}
	}
	n := math.Sqrt(a[0]*a[0] + a[1]*a[1])
	for k := range a {
		a[k] /= n
	}
	b := [3]float64{d[1]*a[2] - d[2]*a[1], d[2]*a[0] - d[0]*a[2], d[0]*a[1] - d[1]*a[0]}
	var out [3]float64
	for k := range out {
		out[k] = math.Cos(away)*d[k] + math.Sin(away)*(math.Cos(azimuth)*a[k]+math.Sin(azimuth)*b[k])
	}
	return out
}

// syntheticCell is a pyramidal cell with round numbers: a soma of 9 µm radius;
// six basal stems of 40 µm that branch into two tips of 130 µm; an apical trunk of
// 300 µm with six oblique branches of 120 µm and a tuft that branches twice, into
// four tips of 150 µm. Azimuths go by the golden angle; nothing is random.
func syntheticCell() []byte {
	g := &grower{}
	g.WriteString(`# A synthetic pyramidal cell: no reconstruction, nobody's data.
# Written by: go test ./neuron -run TestSyntheticCell -update
# Soma of radius 9 um; six basal stems of 40 um, each with two tips of 130 um; an
# apical trunk of 300 um with six obliques of 120 um, and a tuft with four tips of
# 150 um. Samples 10 um apart; azimuths by the golden angle.
# sample type x y z radius parent (um)
`)
	golden := math.Pi * (3 - math.Sqrt(5))
	up := [3]float64{0, 1, 0}
	start := func(kind int, dir [3]float64, radius float64) tip {
		x := [3]float64{9 * dir[0], 9 * dir[1], 9 * dir[2]}
		return tip{g.sample(kind, x, radius, 1), x, dir}
	}
	g.sample(typeSoma, [3]float64{}, 9, -1)
	for i := range 6 {
		stem, _ := g.grow(typeBasal, start(typeBasal, turn(up, 0.65*math.Pi, golden*float64(i)), 0.8), 40, 0.8, 0.6)
		for side := range 2 {
			t := stem
			t.dir = turn(stem.dir, 0.4, golden*float64(i)+math.Pi*float64(side))
			g.grow(typeBasal, t, 130, 0.5, 0.4)
		}
	}
	top, along := g.grow(typeApical, start(typeApical, up, 1.8), 300, 1.8, 1.2)
	for i := range 6 {
		t := along[5+3*i]
		t.dir = turn(up, 0.4*math.Pi, golden*float64(i)+1)
		g.grow(typeApical, t, 120, 0.5, 0.35)
	}
	for i := range 2 {
		t := top
		t.dir = turn(up, 0.35, math.Pi*float64(i))
		fork, _ := g.grow(typeApical, t, 60, 0.8, 0.6)
		for j := range 2 {
			t := fork
			t.dir = turn(fork.dir, 0.35, math.Pi*float64(j)+math.Pi/2)
			g.grow(typeApical, t, 150, 0.5, 0.35)
		}
	}
	return g.Bytes()
}

// The cell that the project ships is what the generator writes, and a cell: the
// sections, lengths and soma that its header tells.
func TestSyntheticCell(t *testing.T) {
	want := syntheticCell()
	if *update {
		if err := os.WriteFile(syntheticFile, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(syntheticFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Fatalf("%s is not what the generator writes; -update writes it", syntheticFile)
	}
	m, err := ReadSWC(bytes.NewReader(got), SWCParams{})
	if err != nil {
		t.Fatal(err)
	}
	sections := m.Sections(DefaultMembrane(), nil, DefaultDiscretisation())
	var length float64
	for _, s := range sections[1:] {
		length += s.Length()
	}
	// 6 basal trees of 3; a trunk cut by 6 obliques into 7, 6 obliques, a tuft of 6
	if len(sections) != 1+18+7+6+6 {
		t.Errorf("%d sections", len(sections))
	}
	// coordinates are rounded to 0.01 µm: at most that in each of some 350 samples
	if sum := 6.0*(40+260) + 300 + 720 + 2*(60+300); math.Abs(length-sum) > 3.5 {
		t.Errorf("dendrites of %.2f µm, want %g", length, sum)
	}
	tree, err := NewTree(sections)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d sections, %d compartments, %.0f µm², R_in %.1f MΩ", len(sections), tree.Compartments(), tree.TotalArea(), tree.InputResistance(0))
}
