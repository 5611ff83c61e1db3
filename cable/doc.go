// Package cable steps populations of cells that share one tree of compartments.
package cable
