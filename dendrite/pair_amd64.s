#include "textflag.h"

// Of the table of chords: perMV, -tableLow*perMV and tableSize-1.
DATA perMV<>+0(SB)/8, $64.0
DATA perMV<>+8(SB)/8, $64.0
DATA perMV<>+16(SB)/8, $64.0
DATA perMV<>+24(SB)/8, $64.0
GLOBL perMV<>(SB), RODATA|NOPTR, $32

DATA origin<>+0(SB)/8, $8192.0
DATA origin<>+8(SB)/8, $8192.0
DATA origin<>+16(SB)/8, $8192.0
DATA origin<>+24(SB)/8, $8192.0
GLOBL origin<>(SB), RODATA|NOPTR, $32

DATA last<>+0(SB)/8, $16383.0
DATA last<>+8(SB)/8, $16383.0
DATA last<>+16(SB)/8, $16383.0
DATA last<>+24(SB)/8, $16383.0
GLOBL last<>(SB), RODATA|NOPTR, $32

// func single4(p *pair, t *drive, xa, xb, v, diag, right *float64, n int) int
TEXT ·single4(SB), NOSPLIT, $0-72
	MOVQ p+0(FP), DI
	MOVQ t+8(FP), SI
	MOVQ xa+16(FP), R8
	MOVQ xb+24(FP), R9
	MOVQ v+32(FP), R10
	MOVQ diag+40(FP), R11
	MOVQ right+48(FP), R12
	MOVQ n+56(FP), CX
	VBROADCASTSD 0(DI), Y0  // a1
	VBROADCASTSD 16(DI), Y1 // b1
	VBROADCASTSD 40(DI), Y3 // passive
	VBROADCASTSD 48(DI), Y4 // ch
	VBROADCASTSD 56(DI), Y5 // leak
	VBROADCASTSD 64(DI), Y6 // floor
	VBROADCASTSD 32(DI), Y2 // e
	VXORPD Y10, Y10, Y10
	XORQ AX, AX

single4Loop:
	VMOVUPD (R10)(AX*8), Y11    // v
	VMULPD perMV<>(SB), Y11, Y12
	VADDPD origin<>(SB), Y12, Y12
	VMAXPD Y10, Y12, Y12        // 0 for NaN
	VMINPD last<>(SB), Y12, Y12
	VCVTTPD2DQY Y12, X13
	VPSLLD $4, X13, X13         // a chord has 16 bytes
	VMOVQ X13, BX
	VPEXTRQ $1, X13, DX
	MOVL BX, DI
	SHRQ $32, BX
	VMOVUPD (SI)(DI*1), X14
	MOVL DX, DI
	SHRQ $32, DX
	VINSERTF128 $1, (SI)(DI*1), Y14, Y14
	VMOVUPD (SI)(BX*1), X15
	VINSERTF128 $1, (SI)(DX*1), Y15, Y15
	VUNPCKLPD Y15, Y14, Y12     // a of the chords
	VUNPCKHPD Y15, Y14, Y13     // b of the chords
	VMULPD (R8)(AX*8), Y0, Y14  // g without a block
	VMULPD (R9)(AX*8), Y1, Y15  // g with one
	VMULPD Y13, Y15, Y13        // slope
	VCMPPD $1, Y6, Y13, Y9      // slope < floor
	VMOVMSKPD Y9, BX
	TESTL BX, BX
	JNE single4Done
	VMULPD Y11, Y4, Y11
	VADDPD Y5, Y11, Y11         // ch v + leak
	VMULPD Y2, Y14, Y9
	VADDPD Y9, Y11, Y11         // + g e
	VMULPD Y12, Y15, Y12
	VSUBPD Y12, Y11, Y11        // - g a
	VMOVUPD Y11, (R12)(AX*8)
	VADDPD Y14, Y3, Y14         // passive + g
	VADDPD Y13, Y14, Y14        // + slope
	VMOVUPD Y14, (R11)(AX*8)
	ADDQ $4, AX
	CMPQ AX, CX
	JLT single4Loop

single4Done:
	VZEROUPPER
	MOVQ AX, ret+64(FP)
	RET

// func dual4(p *pair, t *drive, xa, ya, xb, yb, v, diag, right *float64, n int) int
TEXT ·dual4(SB), NOSPLIT, $0-88
	MOVQ p+0(FP), DI
	MOVQ t+8(FP), SI
	MOVQ xa+16(FP), R8
	MOVQ ya+24(FP), R13
	MOVQ xb+32(FP), R9
	MOVQ yb+40(FP), R15
	MOVQ v+48(FP), R10
	MOVQ diag+56(FP), R11
	MOVQ right+64(FP), R12
	MOVQ n+72(FP), CX
	VBROADCASTSD 0(DI), Y0  // a1
	VBROADCASTSD 16(DI), Y1 // b1
	VBROADCASTSD 40(DI), Y3 // passive
	VBROADCASTSD 48(DI), Y4 // ch
	VBROADCASTSD 56(DI), Y5 // leak
	VBROADCASTSD 64(DI), Y6 // floor
	VBROADCASTSD 8(DI), Y7  // a2
	VBROADCASTSD 24(DI), Y8 // b2
	VBROADCASTSD 32(DI), Y2 // e
	VXORPD Y10, Y10, Y10
	XORQ AX, AX

dual4Loop:
	VMOVUPD (R10)(AX*8), Y11    // v
	VMULPD perMV<>(SB), Y11, Y12
	VADDPD origin<>(SB), Y12, Y12
	VMAXPD Y10, Y12, Y12        // 0 for NaN
	VMINPD last<>(SB), Y12, Y12
	VCVTTPD2DQY Y12, X13
	VPSLLD $4, X13, X13         // a chord has 16 bytes
	VMOVQ X13, BX
	VPEXTRQ $1, X13, DX
	MOVL BX, DI
	SHRQ $32, BX
	VMOVUPD (SI)(DI*1), X14
	MOVL DX, DI
	SHRQ $32, DX
	VINSERTF128 $1, (SI)(DI*1), Y14, Y14
	VMOVUPD (SI)(BX*1), X15
	VINSERTF128 $1, (SI)(DX*1), Y15, Y15
	VUNPCKLPD Y15, Y14, Y12     // a of the chords
	VUNPCKHPD Y15, Y14, Y13     // b of the chords
	VMULPD (R8)(AX*8), Y0, Y14
	VMULPD (R13)(AX*8), Y7, Y9
	VADDPD Y9, Y14, Y14         // g without a block
	VMULPD (R9)(AX*8), Y1, Y15
	VMULPD (R15)(AX*8), Y8, Y9
	VADDPD Y9, Y15, Y15         // g with one
	VMULPD Y13, Y15, Y13        // slope
	VCMPPD $1, Y6, Y13, Y9      // slope < floor
	VMOVMSKPD Y9, BX
	TESTL BX, BX
	JNE dual4Done
	VMULPD Y11, Y4, Y11
	VADDPD Y5, Y11, Y11         // ch v + leak
	VMULPD Y2, Y14, Y9
	VADDPD Y9, Y11, Y11         // + g e
	VMULPD Y12, Y15, Y12
	VSUBPD Y12, Y11, Y11        // - g a
	VMOVUPD Y11, (R12)(AX*8)
	VADDPD Y14, Y3, Y14         // passive + g
	VADDPD Y13, Y14, Y14        // + slope
	VMOVUPD Y14, (R11)(AX*8)
	ADDQ $4, AX
	CMPQ AX, CX
	JLT dual4Loop

dual4Done:
	VZEROUPPER
	MOVQ AX, ret+80(FP)
	RET
