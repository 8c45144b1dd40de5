// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Iced.Intel;
using Livewatcher.Model;
using Decoded = Iced.Intel.Instruction;

namespace Livewatcher.Symbols.Instructions;

/// <summary>Disassembly as gdb and objdump write it with Intel syntax, in lower case: mov dword ptr [rip+0x2ee4], eax.
/// Where a name is known for the operand: mov dword ptr [g_count], eax.</summary>
internal sealed class InstructionText
{
    private readonly IntelFormatter _plain;
    private readonly IntelFormatter _named;
    private readonly NameResolver _resolver;
    private readonly StringOutput _output = new();

    public InstructionText(Func<Address, string?>? nameOf)
    {
        _resolver = new NameResolver(nameOf);
        _plain = new IntelFormatter(Options(ripRelative: true));
        _named = new IntelFormatter(Options(ripRelative: false), _resolver);
    }

    public string Format(Decoded instruction)
    {
        _resolver.Found = false;
        _named.Format(instruction, _output);
        string text = _output.ToStringAndReset();
        if (_resolver.Found)
        {
            return text;
        }

        _plain.Format(instruction, _output);
        return _output.ToStringAndReset();
    }

    private static FormatterOptions Options(bool ripRelative)
    {
        FormatterOptions options = FormatterOptions.CreateIntel();
        options.HexPrefix = "0x";
        options.HexSuffix = null;
        options.UppercaseHex = false;
        options.SmallHexNumbersInDecimal = false;
        options.DisplacementLeadingZeros = false;
        options.BranchLeadingZeros = false;
        options.ShowBranchSize = false;
        options.SpaceAfterOperandSeparator = true;
        options.MemorySizeOptions = MemorySizeOptions.Always;
        options.RipRelativeAddresses = ripRelative;
        return options;
    }

    /// <summary>Names branch targets and operands whose address stands in the instruction itself.</summary>
    private sealed class NameResolver(Func<Address, string?>? nameOf) : ISymbolResolver
    {
        public bool Found { get; set; }

#pragma warning disable RCS1242 // Iced's interface prescribes the signature.
        public bool TryGetSymbol(
            in Decoded instruction, int operand, int instructionOperand, ulong address, int addressSize, out SymbolResult symbol)
#pragma warning restore RCS1242
        {
            bool isAddress = instructionOperand >= 0 && instruction.GetOpKind(instructionOperand) switch
            {
                OpKind.NearBranch16 or OpKind.NearBranch32 or OpKind.NearBranch64 => true,
                OpKind.Memory => instruction.IsIPRelativeMemoryOperand || IsAbsolute(instruction),
                _ => false,
            };
            string? name = isAddress ? nameOf?.Invoke(new Address(address)) : null;
            Found |= name is not null;
            symbol = name is null ? default : new SymbolResult(address, name);
            return name is not null;
        }

        private static bool IsAbsolute(Decoded instruction) =>
            instruction.MemoryBase == Register.None && instruction.MemoryIndex == Register.None
            && instruction.SegmentPrefix is not (Register.FS or Register.GS);
    }
}
