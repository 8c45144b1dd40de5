// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Fuzz;

/// <summary>Runs files of the corpus once more, a line each. A file that kills the process is the one after the last line.</summary>
internal static class Replay
{
    internal static int Run(string name, Action<byte[]> target, IEnumerable<string> files)
    {
        int failed = 0;
        foreach (string file in files)
        {
            string what = $"{name}/{Path.GetFileName(file)}";
            try
            {
                RunInTime(target, File.ReadAllBytes(file));
                Console.WriteLine($"PASS {what}");
            }
            catch (Exception e)
            {
                failed++;
                string place = e.StackTrace?.Split('\n').FirstOrDefault(line => line.Contains("Livewatcher.", StringComparison.Ordinal))?.Trim() ?? "";
                Console.WriteLine($"FAIL {what}: {e.GetType().Name}: {e.Message} {place}");
            }
        }

        return failed == 0 ? 0 : 1;
    }

    /// <summary>What timeout(1) answers.</summary>
    private const int HangStatus = 124;

    private static readonly TimeSpan HangTime = TimeSpan.FromSeconds(30);

    /// <summary>A native call that hangs can be ended with its process only.</summary>
    private static void RunInTime(Action<byte[]> target, byte[] input)
    {
        Exception? thrown = null;
        Thread runner = new(() =>
        {
            try
            {
                target(input);
            }
            catch (Exception e)
            {
                thrown = e;
            }
        })
        { IsBackground = true };
        runner.Start();
        if (!runner.Join(HangTime))
            Environment.Exit(HangStatus);
        if (thrown is not null)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(thrown);
    }
}
