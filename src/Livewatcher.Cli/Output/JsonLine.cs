// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text.Json;

namespace Livewatcher.Cli.Output;

/// <summary>One JSON object a line.</summary>
internal static class JsonLine
{
    internal static void Write(Stream to, Action<Utf8JsonWriter> content)
    {
        using (Utf8JsonWriter json = new(to))
        {
            json.WriteStartObject();
            content(json);
            json.WriteEndObject();
        }

        to.WriteByte((byte)'\n');
    }
}
