// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using CsCheck;
using Livewatcher.Engine.Rotating;
using Xunit;

namespace Livewatcher.Engine.Tests.Rotating;

/// <summary>Whose turn it is.</summary>
public sealed class TurnTableTests
{
    [Fact]
    public void FiveOfOneRegisterEachHaveFourTurnsOfFive()
    {
        TurnTable table = Create(1, 1, 1, 1, 1);
        List<string> turns = [.. Enumerable.Range(0, 5).Select(_ => Turn(table, 4))];
        turns.Should().Equal("0 1 2 3", "4 0 1 2", "3 4 0 1", "2 3 4 0", "1 2 3 4");
    }

    [Fact]
    public void AWideOneIsNotPassedOverForEver()
    {
        TurnTable table = Create(1, 4, 1);
        Enumerable.Range(0, 4).Select(_ => Turn(table, 4)).Should().Equal("0 2", "1", "0 2", "1");
    }

    [Fact]
    public void WhoComesLaterIsNext()
    {
        TurnTable table = Create(1, 1, 1, 1, 1);
        for (int i = 0; i < 20; i++)
            Turn(table, 4);
        Add(table, 5, 1);
        Turn(table, 4).Should().StartWith("5 ");
    }

    [Fact]
    public void WhatHasEndedHasNoTurn()
    {
        TurnTable table = Create(1, 1, 1);
        table.Remove(10);
        Turn(table, 2).Should().Be("0 2");
    }

    [Fact]
    public void WhatSharesARegisterGoesTogether()
    {
        TurnTable table = Create(1, 1, 2);
        table.Add([0, 21]);
        Turn(table, 2).Should().Be("1");
        Turn(table, 3).Should().Be("0+20+21");
    }

    /// <summary>Everybody has a turn within as many as there are watches, and none is given more registers than there are.</summary>
    [Fact]
    public void NobodyWaitsLongerThanForAllOthers() =>
        Gen.Select(Gen.Int[1, 4].Array[1, 12], Gen.Int[0, 40]).Sample((sizes, before) =>
        {
            TurnTable table = Create(sizes);
            for (int i = 0; i < before; i++)
                Turn(table, 4);
            HashSet<string> seen = [];
            for (int i = 0; i < sizes.Length; i++)
            {
                IReadOnlyList<TurnGroup> chosen = table.Choose(4);
                chosen.Sum(group => group.Slots.Count).Should().BeInRange(1, 4);
                table.Give([.. chosen]);
                seen.UnionWith(chosen.Select(Name));
            }

            seen.Should().HaveCount(sizes.Length);
        });

    private static TurnTable Create(params int[] sizes)
    {
        TurnTable table = new();
        for (int i = 0; i < sizes.Length; i++)
            Add(table, i, sizes[i]);
        return table;
    }

    /// <summary>Watch n has slots 10 n, 10 n + 1, ...</summary>
    private static void Add(TurnTable table, int number, int size) => table.Add([.. Enumerable.Range(10 * number, size)]);

    private static string Name(TurnGroup group) => group.Slots.Count == 1 || group.Slots.Select(slot => slot / 10).Distinct().Count() == 1
        ? $"{group.Slots.Min() / 10}"
        : string.Join('+', group.Slots.Order());

    private static string Turn(TurnTable table, int available)
    {
        IReadOnlyList<TurnGroup> chosen = table.Choose(available);
        table.Give([.. chosen]);
        return string.Join(' ', chosen.Select(Name));
    }
}
