// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using CsCheck;
using Livewatcher.Engine.Rotating;
using Livewatcher.Engine.Tests.Fakes;
using Livewatcher.Model;
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
        table.Entries[1].End(0);
        Turn(table, 2).Should().Be("0 2");
    }

    [Fact]
    public void TheSamePieceIsOneRegister()
    {
        TurnTable table = new([]);
        for (int i = 0; i < 3; i++)
            table.Add(Watch(i), [new HardwareSlot(new Address(0x1000), 8, AccessMode.Write)], []);
        Turn(table, 1).Should().Be("0 1 2");
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
                IReadOnlyList<TurnEntry> chosen = table.Choose(4);
                chosen.Sum(entry => entry.Wanted.Pieces.Count).Should().BeInRange(1, 4);
                table.Give([.. chosen]);
                seen.UnionWith(chosen.Select(entry => entry.Watch.Label));
            }

            seen.Should().HaveCount(sizes.Length);
        });

    private static TurnTable Create(params int[] sizes)
    {
        TurnTable table = new([]);
        for (int i = 0; i < sizes.Length; i++)
            Add(table, i, sizes[i]);
        return table;
    }

    private static void Add(TurnTable table, int number, int size) => table.Add(
        Watch(number), [.. Enumerable.Range(0, size).Select(piece => new HardwareSlot(new Address((ulong)((number * 64) + (piece * 8))), 8, AccessMode.Write))], []);

    private static Watch Watch(int number) =>
        new(new WatchRequest($"{number}", AccessMode.Write), new Address((ulong)number * 64), 8, NumberFormat.Instance, null, null);

    private static string Turn(TurnTable table, int available)
    {
        IReadOnlyList<TurnEntry> chosen = table.Choose(available);
        table.Give([.. chosen]);
        return string.Join(' ', chosen.Select(entry => entry.Watch.Label));
    }
}
