// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Serving;
using Livewatcher.Model;

namespace Livewatcher.Agent.Wire;

/// <summary>From a packet to a request. What a program says of itself is believed only where it does not matter.</summary>
internal static class RequestReader
{
    private const int RegisterRsp = 19;

    /// <returns>Null where the packet asks for nothing that there is: EINVAL.</returns>
    /// <param name="process">Who has sent it, by the socket.</param>
    /// <param name="connection">The socket's number.</param>
    /// <param name="header">The packet.</param>
    /// <param name="text">Its text.</param>
    internal static ClientRequest? Read(ProcessId process, long connection, in WireHeader header, string text) => header.Kind switch
    {
        WireKind.LW_WIRE_HELLO => new ClientRequest.Join(process, connection),
        WireKind.LW_WIRE_SET => Set(process, header, text),
        WireKind.LW_WIRE_RESET when header.Watcher < WireConstants.LW_WIRE_WATCHERS =>
            new ClientRequest.Reset(process, header.Tid, (int)header.Watcher),
        WireKind.LW_WIRE_DUMP => new ClientRequest.DumpRegisters(process, header.Tid, header.ToRegisters()),
        WireKind.LW_WIRE_INFO => new ClientRequest.Say(process, header.Tid, MessageKind.Info, text, null),
        WireKind.LW_WIRE_BACKTRACE => new ClientRequest.Say(process, header.Tid, MessageKind.Backtrace, text, header.ToRegisters()),
        WireKind.LW_WIRE_MARK => new ClientRequest.Say(process, header.Tid, MessageKind.Mark, text, null),
        WireKind.LW_WIRE_SETTING when NameOf(header.Setting) is { } name => new ClientRequest.Setting(process, header.Tid, name, header.Value),
        WireKind.LW_WIRE_RECOVERED => new ClientRequest.Recovered(process, header.Tid, header.ToRegisters(), Math.Max(header.Value, 0)),
        _ => null,
    };

    private static ClientRequest.Set? Set(ProcessId process, in WireHeader header, string text)
    {
        AccessMode mode = (AccessMode)header.Mode;
        bool isExecution = mode == AccessMode.Execute;
        if (header.Watcher >= WireConstants.LW_WIRE_WATCHERS || mode is not (AccessMode.Execute or AccessMode.Write or AccessMode.Access)
            || (header.Flags & ~WireConstants.LW_WIRE_CHANGE_ONLY) != 0)
        {
            return null;
        }

        if (!isExecution && (header.Length is not (1 or 2 or 4 or 8) || header.Address % header.Length != 0))
            return null;
        HardwareSlot slot = new(new Address(header.Address), isExecution ? 1 : (int)header.Length, mode);
        bool changesOnly = (header.Flags & WireConstants.LW_WIRE_CHANGE_ONLY) != 0;
        return new ClientRequest.Set(process, header.Tid, (int)header.Watcher, slot, changesOnly, text, header.Registers[RegisterRsp] == 0 ? null : header.ToRegisters());
    }

    private static string? NameOf(WireSetting setting) => setting switch
    {
        WireSetting.LW_WIRE_IGNORE_HWBP_SIGTRAP => ListenSettings.IgnoreTrapName,
        WireSetting.LW_WIRE_RECORD_WATCHER => ListenSettings.RecordWatcherName,
        WireSetting.LW_WIRE_UBACKTRACE_DETAIL => ListenSettings.DetailName,
        _ => null,
    };
}
