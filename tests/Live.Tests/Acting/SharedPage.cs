// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Live.Tests.Acting;

/// <summary>The account that acted.c keeps in a file, which outlives it.</summary>
internal sealed record SharedPage(long Before, long After, long Next, long Behind, long Elsewhere, long Thread)
{
    public static SharedPage Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        long Word(int index) => BitConverter.ToInt64(bytes, 8 * index);
        return new SharedPage(Word(0), Word(1), Word(2), Word(3), Word(4), Word(5));
    }
}
