# Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
# DWARF 4, written by hand: types and functions that are made of themselves. Every reference is a DW_FORM_ref4 within the unit.
        .text
        .globl _start
_start: nop
        ret
.Lend:
        .data
        .globl cyclic
cyclic: .quad 0

        .section .debug_abbrev,"",@progbits
        .macro abbreviation code, tag, children
        .uleb128 \code, \tag
        .byte \children
        .endm
        abbreviation 1, 0x11, 1         # compile_unit: name, low_pc, high_pc
        .uleb128 0x03,0x08, 0x11,0x01, 0x12,0x07, 0,0
        abbreviation 2, 0x16, 0         # typedef: name, type
        .uleb128 0x03,0x08, 0x49,0x13, 0,0
        abbreviation 3, 0x13, 1         # structure_type: name, byte_size
        .uleb128 0x03,0x08, 0x0b,0x0b, 0,0
        abbreviation 4, 0x0d, 0         # member: name, type, data_member_location
        .uleb128 0x03,0x08, 0x49,0x13, 0x38,0x0b, 0,0
        abbreviation 5, 0x34, 0         # variable: name, type, external, location
        .uleb128 0x03,0x08, 0x49,0x13, 0x3f,0x19, 0x02,0x18, 0,0
        abbreviation 6, 0x2e, 1         # subprogram: specification, sibling, low_pc, high_pc
        .uleb128 0x47,0x13, 0x01,0x13, 0x11,0x01, 0x12,0x07, 0,0
        abbreviation 7, 0x1d, 1         # inlined_subroutine: abstract_origin, low_pc, high_pc
        .uleb128 0x31,0x13, 0x11,0x01, 0x12,0x07, 0,0
        abbreviation 8, 0x01, 1         # array_type: type
        .uleb128 0x49,0x13, 0,0
        abbreviation 9, 0x21, 0         # subrange_type: type, count
        .uleb128 0x49,0x13, 0x37,0x0b, 0,0
        abbreviation 10, 0x1c, 0        # inheritance: type, data_member_location
        .uleb128 0x49,0x13, 0x38,0x0b, 0,0
        abbreviation 11, 0x0f, 0        # pointer_type: type
        .uleb128 0x49,0x13, 0,0
        abbreviation 12, 0x3d, 0        # imported_unit: import
        .uleb128 0x18,0x13, 0,0
        abbreviation 13, 0x04, 0        # enumeration_type: name, type
        .uleb128 0x03,0x08, 0x49,0x13, 0,0
        abbreviation 14, 0x15, 1        # subroutine_type: type
        .uleb128 0x49,0x13, 0,0
        abbreviation 15, 0x05, 0        # formal_parameter: type
        .uleb128 0x49,0x13, 0,0
        abbreviation 16, 0x39, 1        # namespace: sibling
        .uleb128 0x01,0x13, 0,0
        .uleb128 0

        .section .debug_info,"",@progbits
.Lunit: .long .Lfinish - .Lversion
.Lversion:
        .short 4
        .long 0                         # the abbreviations' offset
        .byte 8
.Lroot: .uleb128 1
        .asciz "cyclic.c"
        .quad _start
        .quad .Lend - _start
.Lone:  .uleb128 2                      # two typedefs of one another
        .asciz "one"
        .long .Lother - .Lunit
.Lother: .uleb128 2
        .asciz "other"
        .long .Lone - .Lunit
.Lself: .uleb128 3                      # a structure that has itself as member, base and array
        .asciz "self"
        .byte 16
        .uleb128 10
        .long .Lself - .Lunit
        .byte 0
        .uleb128 10                     # twice over
        .long .Lself - .Lunit
        .byte 0
        .uleb128 4
        .asciz "self"
        .long .Lself - .Lunit
        .byte 0
        .uleb128 4
        .asciz ""
        .long .Lself - .Lunit
        .byte 0
        .uleb128 4
        .asciz "all"
        .long .Lall - .Lunit
        .byte 0
        .byte 0
.Lall:  .uleb128 8                      # an array of itself, counted by itself
        .long .Lall - .Lunit
        .uleb128 9
        .long .Lall - .Lunit
        .byte 3
        .byte 0
.Lpointer: .uleb128 11
        .long .Lpointer - .Lunit
.Lenum: .uleb128 13
        .asciz "colour"
        .long .Lenum - .Lunit
.Lfunction: .uleb128 14                 # a function that takes itself, twice
        .long .Lfunction - .Lunit
        .uleb128 15
        .long .Lfunction - .Lunit
        .uleb128 15
        .long .Lfunction - .Lunit
        .byte 0
        .uleb128 12                     # a unit that imports itself
        .long .Lroot - .Lunit
        .uleb128 5
        .asciz "cyclic"
        .long .Lself - .Lunit
        .uleb128 9
        .byte 3
        .quad cyclic
        .uleb128 5
        .asciz "ratio"
        .long .Lone - .Lunit
        .uleb128 9
        .byte 3
        .quad cyclic
        .uleb128 5
        .asciz "ready"
        .long .Lenum - .Lunit
        .uleb128 9
        .byte 3
        .quad cyclic
        .uleb128 5
        .asciz "box"
        .long .Lall - .Lunit
        .uleb128 9
        .byte 3
        .quad cyclic
        .uleb128 5
        .asciz "head"
        .long .Lpointer - .Lunit
        .uleb128 9
        .byte 3
        .quad cyclic
        .uleb128 5
        .asciz "callback"
        .long .Lfunction - .Lunit
        .uleb128 9
        .byte 3
        .quad cyclic
.Lfirst: .uleb128 6                     # two functions that specify one another, the second one's sibling is the first
        .long .Lsecond - .Lunit
        .long .Lsecond - .Lunit
        .quad _start
        .quad .Lend - _start
.Linline: .uleb128 7                    # inlined from itself, inside itself
        .long .Linline - .Lunit
        .quad _start
        .quad .Lend - _start
        .byte 0
        .byte 0
.Lsecond: .uleb128 6
        .long .Lfirst - .Lunit
        .long .Lfirst - .Lunit
        .quad _start
        .quad .Lend - _start
        .byte 0
        .byte 0
.Lfinish:

# Another unit: siblings that lead to the first child. Each entry is there twice, and so are its children.
.Lunit2: .long .Lfinish2 - .Lversion2
.Lversion2:
        .short 4
        .long 0
        .byte 8
        .uleb128 1
        .asciz "siblings.c"
        .quad _start
        .quad .Lend - _start
        .rept 60
        .uleb128 16
        .long . + 4 - .Lunit2
        .endr
        .fill 61, 1, 0
.Lfinish2:
