// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Engine.Serving;
using Xunit;

namespace Livewatcher.Engine.Tests.Serving;

public sealed class ListenSettingsTests
{
    [Theory]
    [InlineData("record_watcher", "0", "0")]
    [InlineData("record_watcher", "1", "3")]
    [InlineData("record_watcher", "2", "3")]
    [InlineData("record_watcher", "3", "3")]
    [InlineData("record_watcher", "17", "17")]
    [InlineData("record_watcher", "-1", "-1")]
    [InlineData("ignore_hwbp_sigtrap", "0", "0")]
    [InlineData("ignore_hwbp_sigtrap", "1", "1")]
    [InlineData("ubacktrace_detail", "0", "0")]
    [InlineData("ubacktrace_detail", "1", "1")]
    [InlineData("addr2line", "0", "0")]
    [InlineData("addr2line", "1", "1")]
    [InlineData("sync", "direct", "direct")]
    [InlineData("sync", "sigall", "sigall")]
    [InlineData("sync", "lockrq", "lockrq")]
    [InlineData("sync", "sigrun", "sigrun")]
    [InlineData("sync", "singlestep", "singlestep")]
    public void EachIsSetByItsName(string name, string text, string shown)
    {
        ListenSettings settings = new();
        settings.TrySet(name, text).Should().BeNull();
        settings.All.Should().ContainSingle(setting => setting.Key == name).Which.Value.Should().Be(shown);
        settings.All.Where(setting => setting.Key != name).Should().Equal(new ListenSettings().All.Where(setting => setting.Key != name));
    }

    [Theory]
    [InlineData("record_watcher", "")]
    [InlineData("record_watcher", "all")]
    [InlineData("record_watcher", "3.5")]
    [InlineData("record_watcher", " 3")]
    [InlineData("record_watcher", "2147483648")]
    [InlineData("ignore_hwbp_sigtrap", "2")]
    [InlineData("ignore_hwbp_sigtrap", "-1")]
    [InlineData("ubacktrace_detail", "yes")]
    [InlineData("ubacktrace_detail", "3")]
    [InlineData("addr2line", "10")]
    [InlineData("sync", "1")]
    [InlineData("sync", "Direct")]
    [InlineData("sync", "")]
    [InlineData("Record_Watcher", "3")]
    [InlineData("", "1")]
    public void WhatMakesNoSenseChangesNothing(string name, string text)
    {
        ListenSettings settings = new();
        settings.TrySet(name, text).Should().NotBeNullOrEmpty();
        settings.All.Should().Equal(new ListenSettings().All);
    }

    [Fact]
    public void AnUnknownNameIsAnsweredWithThoseThatThereAre() =>
        new ListenSettings().TrySet("colour", "1").Should().Be(
            "there is no setting 'colour'; there are record_watcher, ignore_hwbp_sigtrap, ubacktrace_detail, addr2line, sync");

    [Fact]
    public void TheyAreShownInTheOrderOfTheirNames() => new ListenSettings().All.Select(setting => setting.Key).Should().Equal(ListenSettings.Names);
}
