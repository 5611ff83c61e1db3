#include "textflag.h"

DATA one<>+0(SB)/8, $1.0
GLOBL one<>(SB), RODATA|NOPTR, $8

// func eliminate4(axial float64, d, b, dUp, bUp *float64, n int)
TEXT ·eliminate4(SB), NOSPLIT, $0-48
	VBROADCASTSD axial+0(FP), Y0
	MOVQ         d+8(FP), R8
	MOVQ         b+16(FP), R9
	MOVQ         dUp+24(FP), R10
	MOVQ         bUp+32(FP), R11
	MOVQ         n+40(FP), CX
	VBROADCASTSD one<>(SB), Y1
	XORQ         AX, AX

eliminateLoop:
	VDIVPD  (R8)(AX*8), Y1, Y2   // r = 1/d
	VMOVUPD (R9)(AX*8), Y3       // b
	VMULPD  Y2, Y0, Y4           // f = g r
	VMULPD  Y4, Y0, Y5           // g f
	VMOVUPD (R10)(AX*8), Y6
	VSUBPD  Y5, Y6, Y6           // dUp - g f
	VMOVUPD Y6, (R10)(AX*8)
	VMULPD  Y3, Y4, Y7           // f b
	VADDPD  (R11)(AX*8), Y7, Y7  // bUp + f b
	VMOVUPD Y7, (R11)(AX*8)
	VMOVUPD Y4, (R8)(AX*8)
	VMULPD  Y2, Y3, Y3           // b r
	VMOVUPD Y3, (R9)(AX*8)
	ADDQ    $4, AX
	CMPQ    AX, CX
	JLT     eliminateLoop
	VZEROUPPER
	RET

// func substitute4(v, f, b, up *float64, n int)
TEXT ·substitute4(SB), NOSPLIT, $0-40
	MOVQ v+0(FP), R8
	MOVQ f+8(FP), R9
	MOVQ b+16(FP), R10
	MOVQ up+24(FP), R11
	MOVQ n+32(FP), CX
	XORQ AX, AX

substituteLoop:
	VMOVUPD (R9)(AX*8), Y0
	VMULPD  (R11)(AX*8), Y0, Y0  // f up
	VADDPD  (R10)(AX*8), Y0, Y0  // b + f up
	VMOVUPD Y0, (R8)(AX*8)
	ADDQ    $4, AX
	CMPQ    AX, CX
	JLT     substituteLoop
	VZEROUPPER
	RET

// func combine4(y, x *float64, a, b, c float64, n int)
TEXT ·combine4(SB), NOSPLIT, $0-48
	MOVQ         y+0(FP), R8
	MOVQ         x+8(FP), R9
	VBROADCASTSD a+16(FP), Y0
	VBROADCASTSD b+24(FP), Y1
	VBROADCASTSD c+32(FP), Y2
	MOVQ         n+40(FP), CX
	XORQ         AX, AX

combineLoop:
	VMULPD  (R9)(AX*8), Y1, Y3   // b x
	VADDPD  Y2, Y3, Y3           // b x + c
	VMULPD  (R8)(AX*8), Y0, Y4   // a y
	VADDPD  Y3, Y4, Y4
	VMOVUPD Y4, (R8)(AX*8)
	ADDQ    $4, AX
	CMPQ    AX, CX
	JLT     combineLoop
	VZEROUPPER
	RET

// func divide4(b, d *float64, n int)
TEXT ·divide4(SB), NOSPLIT, $0-24
	MOVQ b+0(FP), R8
	MOVQ d+8(FP), R9
	MOVQ n+16(FP), CX
	XORQ AX, AX

divideLoop:
	VMOVUPD (R8)(AX*8), Y0
	VDIVPD  (R9)(AX*8), Y0, Y0
	VMOVUPD Y0, (R8)(AX*8)
	ADDQ    $4, AX
	CMPQ    AX, CX
	JLT     divideLoop
	VZEROUPPER
	RET

// func load4(diag, right, v *float64, d, ch, leak float64, n int)
TEXT ·load4(SB), NOSPLIT, $0-56
	MOVQ         diag+0(FP), R8
	MOVQ         right+8(FP), R9
	MOVQ         v+16(FP), R10
	VBROADCASTSD d+24(FP), Y0
	VBROADCASTSD ch+32(FP), Y1
	VBROADCASTSD leak+40(FP), Y2
	MOVQ         n+48(FP), CX
	XORQ         AX, AX

loadLoop:
	VMULPD  (R10)(AX*8), Y1, Y3
	VADDPD  Y2, Y3, Y3
	VMOVUPD Y0, (R8)(AX*8)
	VMOVUPD Y3, (R9)(AX*8)
	ADDQ    $4, AX
	CMPQ    AX, CX
	JLT     loadLoop
	VZEROUPPER
	RET

// func take4(to, right, v *float64, ch float64, n int)
TEXT ·take4(SB), NOSPLIT, $0-40
	MOVQ         to+0(FP), R8
	MOVQ         right+8(FP), R9
	MOVQ         v+16(FP), R10
	VBROADCASTSD ch+24(FP), Y0
	MOVQ         n+32(FP), CX
	XORQ         AX, AX

takeLoop:
	VMOVUPD (R9)(AX*8), Y2
	VMULPD  (R10)(AX*8), Y0, Y1
	VSUBPD  Y1, Y2, Y2           // right - ch v
	VMOVUPD Y2, (R8)(AX*8)
	ADDQ    $4, AX
	CMPQ    AX, CX
	JLT     takeLoop
	VZEROUPPER
	RET

// func give4(right, v *float64, ch float64, n int)
TEXT ·give4(SB), NOSPLIT, $0-32
	MOVQ         right+0(FP), R8
	MOVQ         v+8(FP), R9
	VBROADCASTSD ch+16(FP), Y0
	MOVQ         n+24(FP), CX
	XORQ         AX, AX

giveLoop:
	VMULPD  (R9)(AX*8), Y0, Y1
	VADDPD  (R8)(AX*8), Y1, Y1   // right + ch v
	VMOVUPD Y1, (R8)(AX*8)
	ADDQ    $4, AX
	CMPQ    AX, CX
	JLT     giveLoop
	VZEROUPPER
	RET

// func begin4(v, old *float64, factor float64, n int)
TEXT ·begin4(SB), NOSPLIT, $0-32
	MOVQ         v+0(FP), R8
	MOVQ         old+8(FP), R9
	VBROADCASTSD factor+16(FP), Y0
	MOVQ         n+24(FP), CX
	XORQ         AX, AX

beginLoop:
	VMOVUPD (R9)(AX*8), Y1
	VMOVUPD (R8)(AX*8), Y2
	VSUBPD  Y1, Y2, Y2
	VMULPD  Y0, Y2, Y2
	VADDPD  Y2, Y1, Y1           // old + factor (v - old)
	VMOVUPD Y1, (R8)(AX*8)
	ADDQ    $4, AX
	CMPQ    AX, CX
	JLT     beginLoop
	VZEROUPPER
	RET

// func weigh4(right, ch, v, leak *float64, n int)
TEXT ·weigh4(SB), NOSPLIT, $0-40
	MOVQ right+0(FP), R8
	MOVQ ch+8(FP), R9
	MOVQ v+16(FP), R10
	MOVQ leak+24(FP), R11
	MOVQ n+32(FP), CX
	XORQ AX, AX

weighLoop:
	VMOVUPD (R9)(AX*8), Y0
	VMULPD  (R10)(AX*8), Y0, Y0
	VADDPD  (R11)(AX*8), Y0, Y0
	VMOVUPD Y0, (R8)(AX*8)
	ADDQ    $4, AX
	CMPQ    AX, CX
	JLT     weighLoop
	VZEROUPPER
	RET
