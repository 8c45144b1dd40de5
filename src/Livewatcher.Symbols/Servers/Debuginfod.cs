// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;
using System.Net;

namespace Livewatcher.Symbols.Servers;

/// <summary>Fetches debug files and sources by build-id from debuginfod servers (sourceware.org/elfutils/Debuginfod.html). Whoever asks waits,
/// within limits; what is fetched is kept. What a server sends is a stranger's file: who opens it looks whether it belongs. Not
/// thread-safe.</summary>
/// <param name="servers">Asked in this order.</param>
/// <param name="cacheFolder">Where files are kept.</param>
/// <param name="limits">How long it may take.</param>
/// <param name="progress">Told how a download goes on; null for nobody.</param>
public sealed class Debuginfod(IReadOnlyList<Uri> servers, string cacheFolder, DebuginfodLimits limits, Action<DownloadProgress>? progress = null) : IDisposable
{
    private readonly DownloadCache cache = new(cacheFolder);
    private readonly HashSet<string> missing = new(StringComparer.Ordinal);
    private readonly List<Uri> asked = [.. servers];
    private readonly List<string> notes = [];
    private HttpClient? client;
    private TimeSpan used;

    /// <summary>The servers of DEBUGINFOD_URLS; null where it names none.</summary>
    /// <param name="environment">Variables by name.</param>
    /// <param name="progress">Told how a download goes on; null for nobody.</param>
    public static Debuginfod? FromEnvironment(Func<string, string?> environment, Action<DownloadProgress>? progress)
    {
        List<Uri> servers = [.. (environment("DEBUGINFOD_URLS") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(text => Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https" ? uri : null).OfType<Uri>()];
        return servers.Count == 0 ? null : new Debuginfod(servers, DownloadCache.UsualFolder(environment), new DebuginfodLimits(), progress);
    }

    /// <summary>How long was waited for servers so far.</summary>
    public TimeSpan Waited => used;

    /// <summary>Whether any of the servers is asked by an encrypted connection.</summary>
    public bool Encrypts => servers.Any(server => server.Scheme == "https");

    /// <returns>A file that a server calls the debug file of that build; null where there is none.</returns>
    public string? FindDebugFile(ReadOnlySpan<byte> buildId)
    {
        string digits = Convert.ToHexStringLower(buildId);
        return BuildIdText.IsProper(digits)
            ? Find($"buildid/{digits}/debuginfo", cache.DebugFile(digits), limits.LargestDebugFile, $"debug information of build {digits[..8]}")
            : null;
    }

    /// <param name="buildId">In lower-case hexadecimal.</param>
    /// <param name="path">As the debug information names it, from the root.</param>
    /// <returns>A file that a server calls that source; null where there is none.</returns>
    public string? FindSource(string buildId, string path)
    {
        if (!BuildIdText.IsProper(buildId) || !path.StartsWith('/') || path.Contains('\0', StringComparison.Ordinal))
            return null;
        string escaped = string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
        return Find($"buildid/{buildId}/source{escaped}", cache.Source(buildId, path), limits.LargestSource, Path.GetFileName(path));
    }

    /// <summary>A file does not belong to the build that it was asked for by.</summary>
    internal void Reject(string place)
    {
        missing.Add(place);
        TryDelete(place);
    }

    /// <summary>What the user should know since the last time.</summary>
    public IReadOnlyList<string> TakeNotes()
    {
        string[] taken = [.. notes];
        notes.Clear();
        return taken;
    }

    public void Dispose() => client?.Dispose();

    private string? Find(string address, string place, long largest, string what)
    {
        if (missing.Contains(place))
            return null;
        if (DownloadCache.Has(place))
            return place;
        foreach (Uri server in asked.ToList())
        {
            if (used >= limits.Total)
            {
                asked.Clear();
                notes.Add($"debuginfod: {limits.Total.TotalSeconds:0} s of waiting are over; nothing more is asked");
                break;
            }

            if (Fetch(server, address, place, largest, what))
                return place;
        }

        missing.Add(place);
        return null;
    }

    private bool Fetch(Uri server, string address, string place, long largest, string what)
    {
        Stopwatch watch = Stopwatch.StartNew();
        try
        {
            using CancellationTokenSource late = new(limits.Total - used < limits.File ? limits.Total - used : limits.File);
            return FetchAsync(server, address, place, largest, what, late).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or UnauthorizedAccessException)
        {
            // Whoever is not there now is not asked for the next library either: each would cost as long again.
            asked.Remove(server);
            notes.Add($"debuginfod: {server} is not asked any more: {(e is OperationCanceledException ? $"{what} took more than {watch.Elapsed.TotalSeconds:0.0} s" : (e.InnerException ?? e).Message)}");
            return false;
        }
        finally
        {
            used += watch.Elapsed;
            progress?.Invoke(new DownloadProgress(what, 0, null, Done: true));
        }
    }

    private async Task<bool> FetchAsync(Uri server, string address, string place, long largest, string what, CancellationTokenSource late)
    {
        client ??= new HttpClient(new SocketsHttpHandler { ConnectTimeout = limits.Answer, UseCookies = false, MaxAutomaticRedirections = 3, ActivityHeadersPropagator = null })
        {
            Timeout = Timeout.InfiniteTimeSpan, // each question has its own
        };
        using CancellationTokenSource mute = CancellationTokenSource.CreateLinkedTokenSource(late.Token);
        mute.CancelAfter(limits.Answer);
        Uri where = new($"{server.AbsoluteUri.TrimEnd('/')}/{address}");
        using HttpResponseMessage answer = await client.GetAsync(where, HttpCompletionOption.ResponseHeadersRead, mute.Token).ConfigureAwait(false);
        if (answer.StatusCode == HttpStatusCode.NotFound)
            return false;
        answer.EnsureSuccessStatusCode();
        long? total = answer.Content.Headers.ContentLength;
        Stream body = await answer.Content.ReadAsStreamAsync(late.Token).ConfigureAwait(false);
        return await DownloadCache.KeepAsync(place, async file =>
        {
            byte[] buffer = new byte[1 << 16];
            long length = 0;
            for (int count; (count = await body.ReadAsync(buffer, late.Token).ConfigureAwait(false)) > 0;)
            {
                length += count;
                if (length > largest)
                {
                    notes.Add($"debuginfod: {what} from {server} is larger than {largest:N0} bytes, and not taken");
                    return false;
                }

                await file.WriteAsync(buffer.AsMemory(0, count), late.Token).ConfigureAwait(false);
                progress?.Invoke(new DownloadProgress(what, length, total, Done: false));
            }

            return length > 0;
        }).ConfigureAwait(false);
    }

    private static void TryDelete(string place)
    {
        try
        {
            File.Delete(place);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It stays, and is not believed the next time either.
        }
    }
}
