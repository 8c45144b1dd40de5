// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text;
using Livewatcher.Model;

namespace Livewatcher.Render.Tests;

internal static class Rendered
{
    public static string Text(TextOptions options, params IEnumerable<WatchEvent> events)
    {
        using var output = new StringWriter();
        var renderer = new TextRenderer(output, options);
        foreach (var one in events)
        {
            renderer.Publish(one);
        }

        return output.ToString();
    }

    public static string Text(params IEnumerable<WatchEvent> events) => Text(new TextOptions(), events);

    public static string Json(params IEnumerable<WatchEvent> events)
    {
        using var output = new MemoryStream();
        using (var renderer = new JsonRenderer(output))
        {
            foreach (var one in events)
            {
                renderer.Publish(one);
            }
        }

        return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(output.ToArray());
    }
}
