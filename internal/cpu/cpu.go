// Package cpu tells what vector code the processor can run.
package cpu
