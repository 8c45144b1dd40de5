// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Linux.ProcFs;
using Xunit;

namespace Livewatcher.Linux.Tests.ProcFs;

public sealed class AuxiliaryVectorTests
{
    private const uint AT_ENTRY = 9;
    private const uint AT_SYSINFO_EHDR = 33;

    [Fact]
    public void Entries_have_the_width_of_the_program()
    {
        TargetProcess.ParseAuxiliaryVector<ulong>([AT_ENTRY, 0x5555_5555_5040, AT_SYSINFO_EHDR, 0x7fff_f7fc_1000, 0, 0, 7, 7])
            .Should().Equal(new Dictionary<ulong, ulong> { [AT_ENTRY] = 0x5555_5555_5040, [AT_SYSINFO_EHDR] = 0x7fff_f7fc_1000 });
        TargetProcess.ParseAuxiliaryVector<uint>([AT_ENTRY, 0x5655_6040, AT_SYSINFO_EHDR, 0xf7fc_1000, 0, 0, 7, 7])
            .Should().Equal(new Dictionary<ulong, ulong> { [AT_ENTRY] = 0x5655_6040, [AT_SYSINFO_EHDR] = 0xf7fc_1000 });
    }

    [Fact]
    public void A_vector_that_ends_early_gives_what_there_is()
    {
        TargetProcess.ParseAuxiliaryVector<uint>([AT_ENTRY, 0x5655_6040, AT_SYSINFO_EHDR]).Should().HaveCount(1);
        TargetProcess.ParseAuxiliaryVector<uint>([]).Should().BeEmpty();
    }
}
