// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Recording.Reading;
using Xunit;

namespace Livewatcher.Recording.Tests;

public sealed class ReadAheadTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(512)]
    [InlineData(100_003)]
    public void AllComeInTheirOrder(int count) =>
        ReadAhead.Of(Enumerable.Range(0, count)).Should().Equal(Enumerable.Range(0, count));

    [Fact]
    public void AnotherThreadReads()
    {
        IEnumerable<int> Threads()
        {
            yield return Environment.CurrentManagedThreadId;
        }

        ReadAhead.Of(Threads()).Single().Should().NotBe(Environment.CurrentManagedThreadId);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(511)]
    [InlineData(513)]
    public void WhatIsWrongIsSaidBehindWhatIsRight(int right)
    {
        IEnumerable<int> Damaged()
        {
            for (var i = 0; i < right; i++)
                yield return i;
            throw new InvalidDataException("a page is missing");
        }

        List<int> taken = [];
        var take = () =>
        {
            foreach (var item in ReadAhead.Of(Damaged()))
                taken.Add(item);
        };
        take.Should().Throw<InvalidDataException>().WithMessage("a page is missing");
        taken.Should().Equal(Enumerable.Range(0, right));
    }

    [Fact]
    public void WhoLeavesEarlyLeavesNobodyBehind()
    {
        var closed = false;
        IEnumerable<int> Endless()
        {
            try
            {
                for (var i = 0; ; i++)
                    yield return i;
            }
            finally
            {
                closed = true;
            }
        }

        ReadAhead.Of(Endless()).Take(5).Should().Equal(0, 1, 2, 3, 4);
        closed.Should().BeTrue("the reader has ended, and the file may be closed");
    }
}
