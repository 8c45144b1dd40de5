// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using System.Text;
using Livewatcher.Export.Counting;

namespace Livewatcher.Export.Prometheus;

/// <summary>Prometheus' text format, version 0.0.4.</summary>
internal static class MetricsPage
{
    internal const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    internal static string Of(IEnumerable<Metric> metrics)
    {
        StringBuilder page = new();
        foreach (Metric metric in metrics.Where(metric => metric.Points.Count > 0))
        {
            string name = metric.IsCounter ? $"{metric.Name}_total" : metric.Name;
            page.Append("# HELP ").Append(name).Append(' ').Append(metric.Help).Append('\n');
            page.Append("# TYPE ").Append(name).Append(metric.IsCounter ? " counter\n" : " gauge\n");
            foreach (Point point in metric.Points)
            {
                page.Append(name);
                if (point.Labels.Count > 0)
                    page.Append('{').AppendJoin(',', point.Labels.Select(label => $"{label.Key}=\"{Escape(label.Value)}\"")).Append('}');
                page.Append(' ').Append(point.Value.ToString(CultureInfo.InvariantCulture)).Append('\n');
            }
        }

        return page.ToString();
    }

    /// <summary>A label's value: control characters are gone by now, line feeds among them.</summary>
    private static string Escape(string value) => value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
}
