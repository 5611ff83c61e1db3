// Package hdf5 reads and writes files of the Hierarchical Data Format, version 5, as far
// as files of spikes, traces and networks need it. It uses the standard library alone.
//
// A file is a tree of groups and datasets with names, as a file system is one of folders
// and files. A dataset is an array of numbers or strings of one type. Groups and datasets
// may have attributes: small arrays with names.
//
// # What is read
//
// Superblocks 0 to 3, with a user block before them or without; object headers 1 and 2;
// groups by symbol tables, by link messages and dense ones (fractal heap and B-tree of
// version 2); attributes likewise; contiguous, compact and chunked datasets, the chunks
// found by a B-tree of version 1 and filtered by deflate, shuffle and fletcher32. Types are
// integers of 1 to 8 bytes, floats of 4 and 8 bytes, strings of fixed and of variable
// length, and enumerations of integers. All else is refused by its name, and where a
// program of the HDF5 distribution can write the file in another way, by the command.
//
// A reader trusts nothing in a file. Each offset is compared with the length of the file
// and each size with what it can be before memory is taken for it; structures that lead
// back to themselves are refused. Memory does not grow with the file: datasets are read in
// boxes, chunk by chunk. No chunk may have more than 64 MiB and no object a header of more.
// Where the format has a checksum, it is compared: superblocks and object headers of
// version 2, fractal heaps, B-trees of version 2, and chunks with deflate or fletcher32.
// Other bytes of a file may be damaged without an error, as in every reader of HDF5.
//
// # What is written
//
// Superblock 2, object headers 2 without times, groups of link messages, chunk B-trees of
// version 1, global heaps. Each version of the HDF5 library from 1.8 (2008) on reads this
// and can append to it. Datasets whose values are known are compact up to 32 KiB and
// contiguous above; those that grow are chunked, shuffled and deflated, and several of them
// can grow at once. A writer keeps one chunk of each and the names of what it has written,
// so that its memory does not grow with the file. The same calls write the same bytes.
//
// Source of the layouts: "HDF5 File Format Specification", version 3.0, The HDF Group.
package hdf5
