// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Linux.Bpf;
using Livewatcher.Linux.Interop;
using Livewatcher.Linux.Perf;
using Livewatcher.Model;

namespace Livewatcher.Linux.Probing;

/// <summary>Error numbers and exceptions of a trial as a value.</summary>
internal static class Refusals
{
    /// <summary>Null for 0.</summary>
    internal static Refusal? Of(string what, int errno) => errno == 0 ? null : new Refusal(what, Errno.Describe(errno), KindOf(errno));

    /// <summary>Runs a trial; whatever the kernel, the loader or the probe has against it comes back as a value.</summary>
    internal static Refusal? Try(string what, Action trial)
    {
        try
        {
            trial();
            return null;
        }
        catch (BpfException e)
        {
            return Of(e, e.Errno);
        }
        catch (PerfException e)
        {
            return Of(e, e.Errno);
        }
        catch (ArmingException e)
        {
            return Of(e, e.Errno);
        }
        catch (DllNotFoundException)
        {
            return new Refusal(what, "libbpf.so.1 cannot be loaded", RefusalKind.MissingLibrary);
        }
        catch (Exception e) when (e is ProbeException or UserException)
        {
            return new Refusal(what, e.Message, RefusalKind.Other);
        }
    }

    /// <summary>These exceptions say the operation, a colon and errno's description.</summary>
    private static Refusal Of(Exception failure, int errno)
    {
        string error = Errno.Describe(errno);
        string tail = $": {error}";
        return failure.Message.EndsWith(tail, StringComparison.Ordinal)
            ? new Refusal(failure.Message[..^tail.Length], error, KindOf(errno))
            : new Refusal(failure.Message, error, KindOf(errno));
    }

    private static RefusalKind KindOf(int errno) => errno switch
    {
        Errno.EPERM or Errno.EACCES => RefusalKind.Permission,
        Errno.ENOSPC => RefusalKind.NoSlot,
        Errno.ENOMEM => RefusalKind.Memory,
        _ => RefusalKind.Other,
    };
}
