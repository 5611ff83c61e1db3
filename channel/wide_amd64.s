#include "textflag.h"

DATA ones<>+0(SB)/8, $1.0
DATA ones<>+8(SB)/8, $1.0
DATA ones<>+16(SB)/8, $1.0
DATA ones<>+24(SB)/8, $1.0
GLOBL ones<>(SB), RODATA|NOPTR, $32

DATA halves<>+0(SB)/8, $0.5
DATA halves<>+8(SB)/8, $0.5
DATA halves<>+16(SB)/8, $0.5
DATA halves<>+24(SB)/8, $0.5
GLOBL halves<>(SB), RODATA|NOPTR, $32

DATA mantissa<>+0(SB)/8, $0x000fffffffffffff
DATA mantissa<>+8(SB)/8, $0x000fffffffffffff
DATA mantissa<>+16(SB)/8, $0x000fffffffffffff
DATA mantissa<>+24(SB)/8, $0x000fffffffffffff
GLOBL mantissa<>(SB), RODATA|NOPTR, $32

// func locateElements(t *float64, at *int32, v *float64, low, perUnit, size float64, row, n int)
TEXT ·locateElements(SB), NOSPLIT, $0-64
	MOVQ         t+0(FP), R8
	MOVQ         at+8(FP), R9
	MOVQ         v+16(FP), R10
	VBROADCASTSD low+24(FP), Y10
	VBROADCASTSD perUnit+32(FP), Y11
	VBROADCASTSD size+40(FP), Y12
	VPBROADCASTD row+48(FP), X13
	VXORPD       Y14, Y14, Y14
	VPCMPEQD     X15, X15, X15
	MOVQ         n+56(FP), CX
	XORQ         AX, AX

locateLoop:
	VMOVUPD      (R10)(AX*8), Y0
	VSUBPD       Y10, Y0, Y0
	VMULPD       Y11, Y0, Y0           // p = (v - low) perUnit
	VCMPPD       $2, Y0, Y14, Y1       // 0 <= p
	VCMPPD       $1, Y12, Y0, Y2       // p < size
	VANDPD       Y2, Y1, Y1
	VANDPD       Y1, Y0, Y0            // outside as 0
	VCVTTPD2DQY  Y0, X2
	VCVTDQ2PD    X2, Y3
	VSUBPD       Y3, Y0, Y0            // t
	VPMULLD      X13, X2, X2
	VEXTRACTF128 $1, Y1, X3
	VSHUFPS      $0x88, X3, X1, X1     // half of each mask
	VPXOR        X15, X1, X1
	VPOR         X1, X2, X2            // outside -1
	VMOVUPD      Y0, (R8)(AX*8)
	VMOVDQU      X2, (R9)(AX*4)
	ADDQ         $4, AX
	CMPQ         AX, CX
	JLT          locateLoop
	VZEROUPPER
	RET

// func sweepElements(s *sweep, p, j, n int) int
//
// DI arguments, R8 gates, R9 element, R11 cell, R12 located, R10 its end, R13 conductances of
// the place; SI row of the table, BX op, DX constants, R15 conductances. Y0 t, Y10 product, Y11
// and Y12 sums of g E and g of calcium, Y13 and Y14 of all, Y15 ones.
TEXT ·sweepElements(SB), NOSPLIT, $0-40
	MOVQ    s+0(FP), DI
	MOVQ    p+8(FP), R13
	MOVQ    j+16(FP), R11
	MOVQ    n+24(FP), R10
	XORQ    R12, R12
	VMOVUPD ones<>(SB), Y15
	MOVQ    R13, R9
	IMULQ   96(DI), R9
	ADDQ    R11, R9
	MOVQ    104(DI), R8
	IMULQ   R9, R8
	SHLQ    $5, R8
	ADDQ    0(DI), R8
	IMULQ   112(DI), R13
	ADDQ    24(DI), R13

sweepElement:
	MOVQ    16(DI), SI
	MOVLQSX (SI)(R12*4), AX
	TESTQ   AX, AX
	JLT     sweepDone                  // outside the table
	MOVQ    32(DI), SI
	LEAQ    (SI)(AX*8), SI
	MOVQ    8(DI), CX
	VBROADCASTSD (CX)(R12*8), Y0
	MOVQ    40(DI), BX
	MOVQ    48(DI), DX
	MOVQ    R13, R15
	VXORPD  Y14, Y14, Y14
	VXORPD  Y13, Y13, Y13
	VXORPD  Y12, Y12, Y12
	VXORPD  Y11, Y11, Y11

sweepQuad:
	VMOVUPD (R15), Y10
	ADDQ    $32, R15

sweepColumn:
	VMULPD  96(SI), Y0, Y1
	VMULPD  224(SI), Y0, Y2
	VADDPD  64(SI), Y1, Y1
	VADDPD  192(SI), Y2, Y2
	VMULPD  Y0, Y1, Y1
	VMULPD  Y0, Y2, Y2
	VADDPD  32(SI), Y1, Y1
	VADDPD  160(SI), Y2, Y2
	VMULPD  Y0, Y1, Y1
	VMULPD  Y0, Y2, Y2
	VADDPD  (SI), Y1, Y1               // a
	VADDPD  128(SI), Y2, Y2            // b
	VMULPD  (R8), Y2, Y2
	VADDPD  Y2, Y1, Y2                 // x = a + b x
	VMOVUPD Y2, (R8)
	VMULPD  Y2, Y10, Y10
	MOVQ    (BX), CX
	ADDQ    $256, SI
	ADDQ    $32, R8
	ADDQ    $8, BX
	MOVBLZX CX, AX
	TESTL   AX, AX
	JEQ     sweepPowersDone

sweepPower:
	VMOVUPD   (DX), Y3
	VBLENDVPD Y3, Y2, Y15, Y4          // x in the lanes of the mask, else 1
	VMULPD    Y4, Y10, Y10
	ADDQ      $32, DX
	DECL      AX
	JNE       sweepPower

sweepPowersDone:
	TESTL   $0x100, CX
	JEQ     sweepColumn
	VMOVUPD (DX), Y5                   // reversal potentials
	ADDQ    $32, DX
	TESTL   $0x200, CX
	JEQ     sweepReversed
	MOVQ    56(DI), AX
	VBROADCASTSD (AX)(R9*8), Y6
	VMOVUPD   (DX), Y7
	VBLENDVPD Y7, Y6, Y5, Y5
	ADDQ    $32, DX

sweepReversed:
	VMULPD  Y5, Y10, Y5                // g E
	VADDPD  Y10, Y14, Y14
	VADDPD  Y5, Y13, Y13
	TESTL   $0x400, CX
	JEQ     sweepQuadDone
	VMOVUPD (DX), Y7
	ADDQ    $32, DX
	VANDPD  Y7, Y10, Y8
	VANDPD  Y7, Y5, Y9
	VADDPD  Y8, Y12, Y12
	VADDPD  Y9, Y11, Y11

sweepQuadDone:
	TESTL      $0x800, CX
	JEQ        sweepQuad
	VPERM2F128 $0x20, Y13, Y14, Y1
	VPERM2F128 $0x31, Y13, Y14, Y2
	VADDPD     Y2, Y1, Y1              // g: 0+2, 1+3, g E: 0+2, 1+3
	MOVQ       80(DI), AX
	TESTQ      AX, AX
	JEQ        sweepWithoutPool
	VPERM2F128 $0x20, Y11, Y12, Y3
	VPERM2F128 $0x31, Y11, Y12, Y4
	VADDPD     Y4, Y3, Y3
	VHADDPD    Y3, Y1, Y1              // g, of calcium, g E, of calcium
	VMOVHPD    X1, (AX)(R9*8)
	MOVQ       64(DI), AX
	VMOVLPD    X1, (AX)(R9*8)
	VEXTRACTF128 $1, Y1, X1
	MOVQ       88(DI), AX
	VMOVHPD    X1, (AX)(R9*8)
	JMP        sweepNext

sweepWithoutPool:
	VHADDPD    Y1, Y1, Y1
	MOVQ       64(DI), AX
	VMOVLPD    X1, (AX)(R9*8)
	VEXTRACTF128 $1, Y1, X1

sweepNext:
	MOVQ    72(DI), AX
	VMOVLPD X1, (AX)(R9*8)
	INCQ    R9
	INCQ    R12
	CMPQ    R12, R10
	JGE     sweepDone
	INCQ    R11
	CMPQ    R11, 96(DI)
	JLT     sweepElement
	XORQ    R11, R11
	ADDQ    112(DI), R13
	JMP     sweepElement

sweepDone:
	VZEROUPPER
	MOVQ R12, ret+32(FP)
	RET

// PLACE sets AX, BX, CX and DX to the intervals of four concentrations c, and t to the places
// in them; it goes to outside where one has none.
#define PLACE(c, t, tx, high, outside) \
	VPSRLQ    X15, c, t          \
	VPSUBQ    Y14, t, t          \
	VPXOR     Y8, Y8, Y8         \
	VPCMPGTQ  t, Y8, Y8          \
	VPCMPGTQ  Y13, t, Y9         \
	VPOR      Y9, Y8, Y8         \
	VMOVMSKPD Y8, AX             \
	TESTL     AX, AX             \
	JNE       outside            \
	VMOVQ     tx, AX             \
	VPEXTRQ   $1, tx, BX         \
	VEXTRACTI128 $1, t, high     \
	VMOVQ     high, CX           \
	VPEXTRQ   $1, high, DX       \
	VPSLLQ    X12, c, t          \
	VPAND     mantissa<>(SB), t, t \
	VPOR      ones<>(SB), t, t   \
	VSUBPD    ones<>(SB), t, t

// CUBIC sets out to the cubics at t of which the coefficients stand at offset off of a row of
// base; AX, BX, CX and DX times scale are the rows.
#define CUBIC(base, scale, off, t, out, outx) \
	VMOVUPD     (off+16)(base)(AX*scale), outx        \
	VINSERTF128 $1, (off+16)(base)(CX*scale), out, out \
	VMOVUPD     (off+16)(base)(BX*scale), X8          \
	VINSERTF128 $1, (off+16)(base)(DX*scale), Y8, Y8  \
	VMOVUPD     off(base)(AX*scale), X9               \
	VINSERTF128 $1, off(base)(CX*scale), Y9, Y9       \
	VMOVUPD     off(base)(BX*scale), X10              \
	VINSERTF128 $1, off(base)(DX*scale), Y10, Y10     \
	VUNPCKHPD   Y8, out, Y11                          \
	VUNPCKLPD   Y8, out, out                          \
	VMULPD      t, Y11, Y11                           \
	VADDPD      Y11, out, out                         \
	VMULPD      t, out, out                           \
	VUNPCKHPD   Y10, Y9, Y11                          \
	VUNPCKLPD   Y10, Y9, Y9                           \
	VADDPD      Y11, out, out                         \
	VMULPD      t, out, out                           \
	VADDPD      Y9, out, out

// func flowElements(f *flow, e, n int) int
//
// DI arguments, R9 element, R10 its end, R11 constants, R12 gates of the element, SI slow gate,
// R13 slow gates left. X15 and X12 shifts, Y14 first interval, Y13 last; Y0 concentrations, Y1
// places in their intervals.
TEXT ·flowElements(SB), NOSPLIT, $0-32
	MOVQ    f+0(FP), DI
	MOVQ    e+8(FP), R9
	MOVQ    n+16(FP), R10
	ADDQ    R9, R10
	MOVQ    112(DI), R11
	MOVQ    56(DI), R12
	IMULQ   R9, R12
	ADDQ    48(DI), R12
	VMOVQ   64(DI), X15
	VMOVQ   72(DI), X12
	VPBROADCASTQ 80(DI), Y14
	VPBROADCASTQ 88(DI), Y13

flowLoop:
	MOVQ    8(DI), AX
	VMOVUPD (AX)(R9*8), Y2             // ica
	VXORPD  Y3, Y3, Y3
	VCMPPD  $1, Y2, Y3, Y3             // 0 < ica
	VANDPD  160(R11), Y3, Y3           // where only inward currents count
	VANDNPD Y2, Y3, Y2
	VMULPD  (R11), Y2, Y2              // influx ica
	VADDPD  32(R11), Y2, Y2            // c∞
	MOVQ    0(DI), R8
	VMOVUPD (R8)(R9*8), Y0
	VSUBPD  Y2, Y0, Y0
	VMULPD  64(R11), Y0, Y3
	VADDPD  Y3, Y2, Y0                 // c

	// the concentration of the middle, from where c is now
	CMPQ   104(DI), $0
	JEQ    flowAtEnd
	VSUBPD Y2, Y0, Y3
	VMULPD 96(R11), Y3, Y3
	VADDPD Y3, Y2, Y4
	PLACE(Y4, Y1, X1, X8, flowDone)
	MOVQ   16(DI), R8
	TESTQ  R8, R8
	JEQ    flowMiddleDone
	SHLQ   $3, AX
	SHLQ   $3, BX
	SHLQ   $3, CX
	SHLQ   $3, DX
	MOVQ   24(DI), SI
	CUBIC(SI, 4, 0, Y1, Y5, X5)

flowMiddleDone:
	PLACE(Y0, Y1, X1, X8, flowDone)
	MOVQ 0(DI), R8
	VMOVUPD Y0, (R8)(R9*8)
	SHLQ $3, AX
	SHLQ $3, BX
	SHLQ $3, CX
	SHLQ $3, DX
	JMP  flowReversal

flowAtEnd:
	PLACE(Y0, Y1, X1, X8, flowDone)
	MOVQ    0(DI), R8
	VMOVUPD Y0, (R8)(R9*8)
	SHLQ    $3, AX
	SHLQ    $3, BX
	SHLQ    $3, CX
	SHLQ    $3, DX
	MOVQ    16(DI), R8
	TESTQ   R8, R8
	JEQ     flowSlow
	MOVQ    24(DI), SI
	CUBIC(SI, 4, 0, Y1, Y5, X5)

flowReversal:
	MOVQ    16(DI), R8
	TESTQ   R8, R8
	JEQ     flowSlow
	VADDPD  128(R11), Y5, Y5           // ln of the ratio
	VBROADCASTSD 96(DI), Y6
	VMULPD  Y6, Y5, Y5
	VMOVUPD Y5, (R8)(R9*8)

flowSlow:
	MOVQ  40(DI), R13
	MOVQ  32(DI), SI
	TESTQ R13, R13
	JEQ   flowNext

flowGate:
	MOVQ        (SI), R8
	CUBIC(R8, 8, 0, Y1, Y5, X5)
	CUBIC(R8, 8, 32, Y1, Y6, X6)
	MOVQ        8(SI), R8
	ADDQ        R12, R8
	MOVQ        56(DI), R15
	VMOVSD      (R8), X2
	VMOVHPD     (R8)(R15*1), X2, X2
	LEAQ        (R8)(R15*2), R15
	VMOVSD      (R15), X3
	ADDQ        56(DI), R15
	VMOVHPD     (R15), X3, X3
	VINSERTF128 $1, X3, Y2, Y2
	VMULPD      Y6, Y2, Y2
	VADDPD      Y2, Y5, Y2             // a + b x
	VEXTRACTF128 $1, Y2, X3
	VMOVHPD     X3, (R15)
	SUBQ        56(DI), R15
	VMOVLPD     X3, (R15)
	MOVQ        56(DI), R15
	VMOVHPD     X2, (R8)(R15*1)
	VMOVLPD     X2, (R8)
	ADDQ        $16, SI
	DECQ        R13
	JNE         flowGate

flowNext:
	ADDQ 120(DI), R11
	MOVQ 56(DI), AX
	LEAQ (R12)(AX*4), R12
	ADDQ $4, R9
	CMPQ R9, R10
	JLT  flowLoop

flowDone:
	VZEROUPPER
	SUBQ e+8(FP), R9
	MOVQ R9, ret+24(FP)
	RET

// DIFFERENCES loads four y of the pointers at off and sets Y0 to the latest, Y1 to the first
// difference, Y2 to the second and Y3 to the third.
#define DIFFERENCES(off) \
	MOVQ    off(DI), AX           \
	VMOVUPD (AX)(R9*8), Y0        \
	MOVQ    (off+8)(DI), AX       \
	VMOVUPD (AX)(R9*8), Y4        \
	MOVQ    (off+16)(DI), AX      \
	VMOVUPD (AX)(R9*8), Y5        \
	MOVQ    (off+24)(DI), AX      \
	VSUBPD  Y4, Y0, Y1            \
	VSUBPD  Y5, Y4, Y4            \
	VSUBPD  (AX)(R9*8), Y5, Y5    \
	VSUBPD  Y4, Y1, Y2            \
	VSUBPD  Y5, Y4, Y5            \
	VSUBPD  Y5, Y2, Y3

// AHEAD sets out to the cubic at a place: x, half and third.
#define AHEAD(x, half, third, out) \
	VMULPD Y3, third, out \
	VADDPD Y2, out, out   \
	VMULPD out, half, out \
	VADDPD Y1, out, out   \
	VMULPD out, x, out    \
	VADDPD Y0, out, out

// func extrapolateElements(a *ahead, n int)
TEXT ·extrapolateElements(SB), NOSPLIT, $0-16
	MOVQ         a+0(FP), DI
	MOVQ         n+8(FP), CX
	VBROADCASTSD 96(DI), Y10
	VBROADCASTSD 104(DI), Y11
	VBROADCASTSD 112(DI), Y12
	VBROADCASTSD 120(DI), Y13
	VBROADCASTSD 128(DI), Y14
	VBROADCASTSD 136(DI), Y15
	MOVQ         64(DI), R10
	MOVQ         72(DI), R11
	MOVQ         80(DI), R12
	MOVQ         88(DI), R13
	XORQ         R9, R9

aheadLoop:
	DIFFERENCES(0)
	AHEAD(Y10, Y11, Y12, Y6)
	AHEAD(Y13, Y14, Y15, Y7)
	VXORPD    Y8, Y8, Y8
	VCMPPD    $1, Y8, Y6, Y9
	VCMPPD    $1, Y8, Y7, Y8
	VORPD     Y8, Y9, Y9               // a < 0 or b < 0
	VBLENDVPD Y9, Y0, Y6, Y6
	VBLENDVPD Y9, Y0, Y7, Y7
	VADDPD    (R10)(R9*8), Y6, Y6
	VMOVUPD   Y6, (R10)(R9*8)
	VADDPD    (R12)(R9*8), Y7, Y7
	VMOVUPD   Y7, (R12)(R9*8)
	DIFFERENCES(32)
	AHEAD(Y10, Y11, Y12, Y6)
	AHEAD(Y13, Y14, Y15, Y7)
	VBLENDVPD Y9, Y0, Y6, Y6
	VBLENDVPD Y9, Y0, Y7, Y7
	VADDPD    (R11)(R9*8), Y6, Y6
	VMOVUPD   Y6, (R11)(R9*8)
	VADDPD    (R13)(R9*8), Y7, Y7
	VMOVUPD   Y7, (R13)(R9*8)
	ADDQ      $4, R9
	CMPQ      R9, CX
	JLT       aheadLoop
	VZEROUPPER
	RET

// func addElements(y, x *float64, n int)
TEXT ·addElements(SB), NOSPLIT, $0-24
	MOVQ y+0(FP), R8
	MOVQ x+8(FP), R9
	MOVQ n+16(FP), CX
	XORQ AX, AX

addLoop:
	VMOVUPD (R8)(AX*8), Y0
	VADDPD  (R9)(AX*8), Y0, Y0
	VMOVUPD Y0, (R8)(AX*8)
	ADDQ    $4, AX
	CMPQ    AX, CX
	JLT     addLoop
	VZEROUPPER
	RET

// func multiplyElements(y, a, b, c *float64, n int)
TEXT ·multiplyElements(SB), NOSPLIT, $0-40
	MOVQ y+0(FP), R8
	MOVQ a+8(FP), R9
	MOVQ b+16(FP), R10
	MOVQ c+24(FP), R11
	MOVQ n+32(FP), CX
	XORQ AX, AX

multiplyLoop:
	VMOVUPD (R9)(AX*8), Y0
	VMULPD  (R10)(AX*8), Y0, Y0
	VSUBPD  (R11)(AX*8), Y0, Y0
	VMOVUPD Y0, (R8)(AX*8)
	ADDQ    $4, AX
	CMPQ    AX, CX
	JLT     multiplyLoop
	VZEROUPPER
	RET

// func middleElements(y, a, u, v, c *float64, n int)
TEXT ·middleElements(SB), NOSPLIT, $0-48
	MOVQ    y+0(FP), R8
	MOVQ    a+8(FP), R9
	MOVQ    u+16(FP), R10
	MOVQ    v+24(FP), R11
	MOVQ    c+32(FP), R12
	MOVQ    n+40(FP), CX
	VMOVUPD halves<>(SB), Y1
	XORQ    AX, AX

middleLoop:
	VMOVUPD (R10)(AX*8), Y0
	VADDPD  (R11)(AX*8), Y0, Y0
	VMULPD  Y1, Y0, Y0
	VMULPD  (R9)(AX*8), Y0, Y0
	VSUBPD  (R12)(AX*8), Y0, Y0
	VMOVUPD Y0, (R8)(AX*8)
	ADDQ    $4, AX
	CMPQ    AX, CX
	JLT     middleLoop
	VZEROUPPER
	RET
