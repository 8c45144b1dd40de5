// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Iced.Intel;
using Livewatcher.Model;
using Livewatcher.Symbols.Expressions.Memory;
using Livewatcher.Symbols.Modules;
using Register = Iced.Intel.Register;

namespace Livewatcher.Symbols.Expressions.Arising;

/// <summary>Jumps to another function in place of a call and a return: what compilers make of "return malloc(n);". A conditional one is left out, for
/// nobody knows at its probe whether it will jump.</summary>
internal static class TailJumps
{
    /// <param name="code">Ranges of the process's addresses.</param>
    /// <param name="view">The process.</param>
    internal static IEnumerable<ProbePlace> Find(IReadOnlyList<(Address Start, Address End)> code, TargetView view)
    {
        foreach ((Address start, Address end) in code)
        {
            byte[] bytes = new byte[(int)(end.Value - start.Value)];
            if (view.Modules.FirstOrDefault(module => start >= module.Start && start < module.End) is not { } module || !module.TryReadFile(start, bytes))
            {
                continue;
            }

            var decoder = Decoder.Create(64, new ByteArrayCodeReader(bytes), start.Value);
            while (decoder.IP < end.Value)
            {
                decoder.Decode(out Iced.Intel.Instruction instruction);
                if (IsTailJump(instruction, module))
                {
                    yield return new ProbePlace(ProbeKind.Jump, new Address(instruction.IP));
                }
            }
        }
    }

    /// <summary>Out of its function, or through the global offset table (-fno-plt), where no switch has its table.</summary>
    private static bool IsTailJump(in Iced.Intel.Instruction instruction, ILoadedModule module) => instruction.FlowControl switch
    {
        FlowControl.UnconditionalBranch => module.SymbolAt(new Address(instruction.IP)) is { Size: > 0 } function
            && (instruction.NearBranchTarget < function.Address.Value || instruction.NearBranchTarget >= function.Address.Value + function.Size),
        FlowControl.IndirectBranch => instruction.Op0Kind == OpKind.Memory && instruction.MemoryBase == Register.RIP && instruction.MemoryIndex == Register.None,
        _ => false,
    };
}
