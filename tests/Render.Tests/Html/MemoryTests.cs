// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text.Json;
using AwesomeAssertions;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Render.Tests.Html;

/// <summary>Who changed which byte last, as far as values tell.</summary>
public sealed class MemoryTests
{
    [Fact]
    public void AByteIsItsWhoseHitChangedItLast()
    {
        JsonElement bytes = Bytes(
            Scenario.Armed(Scenario.Refcnt, Scenario.Integer(1)),
            Scenario.Hit(1, 1) with { Old = Scenario.Integer(1), New = Scenario.Integer(0x0201) },
            Scenario.Hit(2, 2) with { Old = Scenario.Integer(0x0201), New = Scenario.Integer(0x0205) });
        bytes.EnumerateArray().Select(one => one[0].GetInt32()).Should().Equal(5, 2, 0, 0);
        bytes[0][1].GetInt32().Should().Be(2);
        bytes[1][1].GetInt32().Should().Be(1);
        bytes[2].GetArrayLength().Should().Be(1, "nobody has changed it");
    }

    [Fact]
    public void WhatNoHitExplainsIsNobodys()
    {
        JsonElement bytes = Bytes(
            Scenario.Armed(Scenario.Refcnt, Scenario.Integer(1)),
            Scenario.Hit(1, 1) with { Old = Scenario.Integer(0x10000), New = Scenario.Integer(0x10000) });
        bytes.EnumerateArray().Select(one => one[0].GetInt32()).Should().Equal(0, 0, 1, 0);
        bytes[2].EnumerateArray().Select(one => one.GetInt64()).Should().Equal(1, 0, 0, -3);
    }

    [Fact]
    public void WhereTheValueBeforeIsNotKnownNobodyChangedIt()
    {
        JsonElement bytes = Bytes(
            Scenario.Armed(Scenario.Refcnt, Scenario.Integer(1)),
            Scenario.Hit(1, 1) with { Old = Scenario.Integer(1), New = Scenario.Integer(0x0101) },
            Scenario.Hit(2, 2) with { Old = null, New = Scenario.Integer(0x0102) });
        bytes[0][3].GetInt32().Should().Be(-3);
        bytes[1][1].GetInt32().Should().Be(1);
    }

    [Theory]
    [InlineData("{10 00 ff}", 3, true)]
    [InlineData("{10 00 ff}", 4, false)]
    [InlineData("{10 00 ...}", 3, false)]
    [InlineData("{.x = 1, .y = 2}", 8, false)]
    public void BytesAreReadWhereTheyAreListed(string text, int length, bool told)
    {
        Watch watch = Scenario.Limit with { Length = length };
        PageReader page = PageReader.Of(new HtmlOptions(), [Scenario.Armed(watch, new Value(ValueKind.Bytes, text))]);
        page.Data.GetProperty("objects")[0].TryGetProperty("bytes", out _).Should().Be(told);
    }

    [Fact]
    public void ABitFieldDoesNotTellItsBytes()
    {
        PageReader page = PageReader.Of(new HtmlOptions(), [Scenario.Armed(Scenario.Refcnt with { TypeName = "unsigned int : 3" }, Scenario.Integer(1))]);
        page.Data.GetProperty("objects")[0].TryGetProperty("bytes", out _).Should().BeFalse();
    }

    [Fact]
    public void TheSameAddressInAnotherProcessIsOtherMemory()
    {
        PageReader page = PageReader.Of(new HtmlOptions(), [Scenario.Hit(1, 1), Scenario.Hit(2, 2) with { Process = new ProcessId(5000) }]);
        page.Hits.Select(hit => hit.Object).Should().Equal(0, 1);
    }

    private static JsonElement Bytes(params IEnumerable<WatchEvent> events) => PageReader.Of(new HtmlOptions(), events).Data.GetProperty("objects")[0].GetProperty("bytes");
}
