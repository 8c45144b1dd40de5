// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text;
using Livewatcher.Model;

namespace Livewatcher.Symbols.SystemCalls;

/// <summary>Writes a system call with its arguments as strace(1) does: read(5 &lt;/var/lib/x.db&gt;, 0x55d0c0, 4096).
/// Arguments are in the registers of the architecture (syscall(2)); strings, and descriptors that nobody has noted, are looked up when it is called, not when
/// the call was made.</summary>
/// <param name="process">The target, for its descriptors and strings.</param>
public sealed class SystemCallFormatter(ITargetProcess process)
{
    private const int CurrentDirectory = -100; // AT_FDCWD
    private const ulong CreatesFile = 0x40 | 0x40_0000; // O_CREAT, __O_TMPFILE
    private const int LongestString = 64;
    private const ulong PageSize = 4096;

    /// <param name="registers">At the system call.</param>
    /// <param name="descriptor">What the first argument referred to, if it is a descriptor; null asks the process now.</param>
    /// <returns>Null where orig_rax says that the thread was not in a system call.</returns>
    public string? Format(UserRegisters registers, string? descriptor = null)
    {
        long number = (long)registers.OrigRax;
        if (number < 0)
        {
            return null;
        }

        bool is32 = registers.IsCompatibilityMode;
        (string name, string kinds) = (is32 ? NarrowSystemCalls.Find(number) : SystemCallTable.Find(number)) ?? ($"syscall_{number}", "xxxxxx");
        ReadOnlySpan<ulong> arguments = is32
            ? [(uint)registers.Rbx, (uint)registers.Rcx, (uint)registers.Rdx, (uint)registers.Rsi, (uint)registers.Rdi, (uint)registers.Rbp]
            : [registers.Rdi, registers.Rsi, registers.Rdx, registers.R10, registers.R8, registers.R9];
        var output = new StringBuilder(name).Append('(');
        int next = 0;
        foreach (char kind in kinds)
        {
            if (kind == 'm' && (arguments[next - 1] & CreatesFile) == 0)
            {
                break;
            }

            output.Append(next == 0 ? string.Empty : ", ");
            ulong value = arguments[next++];
            string? known = next == 1 ? descriptor : null;
            Append(output, kind, kind == 'L' ? value | (arguments[next++] << 32) : value, known);
        }

        return output.Append(')').ToString();
    }

    private void Append(StringBuilder output, char kind, ulong value, string? descriptor)
    {
        switch (kind)
        {
            case 'd' when (int)value == CurrentDirectory:
                output.Append("AT_FDCWD");
                break;
            case 'd' or 'f':
                AppendDescriptor(output, (int)value, descriptor);
                break;
            case 's':
                AppendString(output, value);
                break;
            case 'p':
                output.Append(value == 0 ? "NULL" : $"0x{value:x}");
                break;
            case 'i':
                output.Append((int)value);
                break;
            case 'l' or 'L':
                output.Append((long)value);
                break;
            case 'k':
                output.Append(NarrowSystemCalls.SocketCall(value));
                break;
            case 'u':
                output.Append(value);
                break;
            case 'o' or 'm':
                output.Append('0').Append((uint)value == 0 ? string.Empty : Convert.ToString((uint)value, 8));
                break;
            default:
                output.Append(value == 0 ? "0" : $"0x{value:x}");
                break;
        }
    }

    private void AppendDescriptor(StringBuilder output, int descriptor, string? known)
    {
        output.Append(descriptor);
        if (descriptor >= 0 && (known ?? process.DescribeDescriptor(descriptor)) is { } description)
        {
            output.Append(" <");
            StringQuoting.Append(output, Encoding.UTF8.GetBytes(description));
            output.Append('>');
        }
    }

    private void AppendString(StringBuilder output, ulong address)
    {
        Span<byte> buffer = stackalloc byte[LongestString + 1];
        int length = Read(address, buffer);
        if (length < 0)
        {
            output.Append(address == 0 ? "NULL" : $"0x{address:x}");
            return;
        }

        output.Append('"');
        StringQuoting.Append(output, buffer[..Math.Min(length, LongestString)]);
        output.Append(length > LongestString ? "\"..." : "\"");
    }

    /// <summary>A string up to its NUL or the buffer's end; -1 where it cannot be read. The page after the one
    /// where it begins is only touched if it goes that far.</summary>
    private int Read(ulong address, Span<byte> buffer)
    {
        int inPage = (int)Math.Min((ulong)buffer.Length, PageSize - (address % PageSize));
        if (!process.Memory.TryRead(new Address(address), buffer[..inPage]))
        {
            return -1;
        }

        int end = buffer[..inPage].IndexOf((byte)0);
        if (end >= 0 || inPage == buffer.Length)
        {
            return end >= 0 ? end : buffer.Length;
        }

        if (!process.Memory.TryRead(new Address(address + (ulong)inPage), buffer[inPage..]))
        {
            return -1;
        }

        end = buffer.IndexOf((byte)0);
        return end >= 0 ? end : buffer.Length;
    }
}
