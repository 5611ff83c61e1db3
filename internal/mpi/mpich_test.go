//go:build mpich

package mpi

const launcher = "mpirun.mpich"
