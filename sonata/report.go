package sonata

import (
	"errors"
	"fmt"
	"io"

	"neurosim/hdf5"
)

// Report says what a compartment report is of.
type Report struct {
	Population  string
	Units       string // of the values
	Start, Step float64
	Nodes       []ReportNode // none twice
}

// ReportNode is one cell of a report: the places whose values it has, in order.
type ReportNode struct {
	ID       uint64
	Elements []Element
}

// Element is a place of a cell: the number of a section, 0 for the soma, and the place on it
// from 0 to 1.
type Element struct {
	ID  uint32
	Pos float32
}

// ReportWriter writes a compartment report, frame by frame.
type ReportWriter struct {
	file    *hdf5.Writer
	mapping *hdf5.GroupWriter
	data    *hdf5.DatasetWriter
	report  Report
	frame   []float32
}

// NewReportWriter starts a report. The error says that it has no values, or a node twice.
func NewReportWriter(w io.WriterAt, r Report) (*ReportWriter, error) {
	var ids, pointers []uint64
	var elements []uint32
	var places []float32
	seen := map[uint64]bool{}
	for _, n := range r.Nodes {
		if seen[n.ID] {
			return nil, fmt.Errorf("sonata: node %d is twice in a report of %s", n.ID, r.Population)
		}
		seen[n.ID] = true
		ids, pointers = append(ids, n.ID), append(pointers, uint64(len(elements)))
		for _, e := range n.Elements {
			elements, places = append(elements, e.ID), append(places, e.Pos)
		}
	}
	pointers = append(pointers, uint64(len(elements)))
	values := uint64(len(elements))
	if values == 0 || !(r.Step > 0) {
		return nil, fmt.Errorf("sonata: a report of %s of %d values every %g ms", r.Population, values, r.Step)
	}
	out := &ReportWriter{file: hdf5.Create(w), report: r, frame: make([]float32, values)}
	root := out.file.Root()
	reports, err := root.Group("report")
	if err != nil {
		return nil, err
	}
	g, err := reports.Group(r.Population)
	if err != nil {
		return nil, err
	}
	// 256 frames of 64 values are 64 KiB, for one cell's trace and for one frame alike.
	columns := min(values, 64)
	out.data, err = g.Growing("data", hdf5.Float32, hdf5.Growth{Row: []uint64{values}, Chunk: []uint64{chunk / columns, columns}, Deflate: deflate})
	if err != nil {
		return nil, err
	}
	if out.mapping, err = g.Group("mapping"); err != nil {
		return nil, err
	}
	var errs []error
	put := func(name string, values any) *hdf5.DatasetWriter {
		d, err := out.mapping.Values(name, nil, values)
		errs = append(errs, err)
		return d
	}
	node := put("node_ids", ids)
	pointer := put("index_pointers", pointers)
	put("element_ids", elements)
	put("element_pos", places)
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	sorted := uint8(1)
	for i := range ids[1:] {
		if ids[i] > ids[i+1] {
			sorted = 0
		}
	}
	return out, errors.Join(
		root.SetAttribute("magic", uint32(magic)), root.SetAttribute("version", version),
		out.data.SetAttribute("units", r.Units), node.SetAttribute("sorted", sorted),
		out.mapping.Link("index_pointer", pointer),
	)
}

// Frame adds the values of one time, of all elements of all nodes in order.
func (r *ReportWriter) Frame(values []float64) error {
	if len(values) != len(r.frame) {
		return fmt.Errorf("sonata: a frame of %d values in a report of %d", len(values), len(r.frame))
	}
	for i, v := range values {
		r.frame[i] = float32(v)
	}
	return r.data.Append(r.frame)
}

// Close writes what is left.
func (r *ReportWriter) Close() error {
	// libsonata adds intervals until it is within 1e-6 ms of the end; BMTK divides and cuts
	// the fraction. With 1e-9 ms more both find as many frames as there are.
	frames := float64(r.data.Rows())
	stop := r.report.Start + float64(frames*r.report.Step) + 1e-9
	d, err := r.mapping.Values("time", nil, []float64{r.report.Start, stop, r.report.Step})
	if err != nil {
		return err
	}
	return errors.Join(d.SetAttribute("units", "ms"), r.file.Close())
}
