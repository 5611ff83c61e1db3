package cpu

// AVX2 tells whether the processor has the instructions of AVX2 and the system
// saves their registers.
func AVX2() bool {
	const osxsave, avx, avx2, registers = 1 << 27, 1 << 28, 1 << 5, 6
	most, _, _, _ := cpuid(0, 0)
	if most < 7 {
		return false
	}
	_, _, c, _ := cpuid(1, 0)
	if c&osxsave == 0 || c&avx == 0 || xgetbv()&registers != registers {
		return false
	}
	_, b, _, _ := cpuid(7, 0)
	return b&avx2 != 0
}

// cpuid runs the instruction of that name.
func cpuid(leaf, sub uint32) (a, b, c, d uint32)

// xgetbv returns the low half of the extended control register 0.
func xgetbv() uint32
