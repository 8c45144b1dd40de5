// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AwesomeAssertions;
using Livewatcher.Linux.Arming;
using Livewatcher.Linux.Bpf;
using Livewatcher.Linux.Guard;
using Livewatcher.Linux.Interop;
using Livewatcher.Linux.Perf;
using Livewatcher.Linux.Ptrace;
using Livewatcher.Linux.Records;
using Livewatcher.Linux.Tests.Support;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Linux.Tests.Records;

/// <summary>The C headers and their C# mirrors have one layout; the C compiler is the judge.</summary>
public sealed class LayoutTests
{
    private const string Includes = """
        #include <linux/hw_breakpoint.h>
        #include <linux/perf_event.h>
        #include <stddef.h>
        #include <stdio.h>
        #include <time.h>
        #include "guard.h"
        #include "share.h"
        #include "thread_event.h"
        """;

    private static readonly string[] Flags =
        [$"-I{Repository.File("bpf")}", $"-I{Repository.File("native", "guard")}", $"-I{Repository.File("native", "guard", "traps")}"];

    public static TheoryData<string, string, Type> Mirrors => new()
    {
        { "bpf/watch_event.h", "lw_record", typeof(WatchRecord) },
        { "bpf/watch_event.h", "lw_settings", typeof(WatchProgram.ProgramConstants) },
        { "bpf/watch_event.h", "lw_slot_state", typeof(SlotState) },
        { "bpf/watch_event.h", "lw_target", typeof(WatchTarget) },
        { "bpf/watch_event.h", "lw_session_state", typeof(SessionState) },
        { "bpf/watch_event.h", "lw_condition_step", typeof(ConditionStepRecord) },
        { "bpf/watch_event.h", "lw_condition", typeof(ConditionRecord) },
        { "bpf/watch_event.h", "lw_range", typeof(RangeRecord) },
        { "bpf/watch_event.h", "lw_order", typeof(OrderRecord) },
        { "bpf/watch_event.h", "lw_place", typeof(PlaceRecord) },
        { "bpf/watch_event.h", "lw_arising", typeof(ArisingRecord) },
        { "bpf/watch_event.h", "lw_instance", typeof(InstanceRecord) },
        { "bpf/thread_event.h", "lw_thread_event", typeof(ThreadEvent) },
        { "native/guard/guard.h", "lw_slot_spec", typeof(SlotSpec) },
        { "native/guard/guard.h", "lw_guard_packet", typeof(GuardPacket) },
        { "native/guard/guard.h", "lw_guard_hit", typeof(GuardHit) },
        { "native/guard/guard.h", "lw_guard_config", typeof(GuardConfig) },
        { "native/guard/traps/share.h", "lw_trap_share", typeof(TrapShare) },
    };

    public static TheoryData<Type> Enumerations =>
        [typeof(RecordKind), typeof(RecordFlags), typeof(GuardCommand), typeof(GuardMessage), typeof(ThreadEventFlags), typeof(PerfRecordType),
            typeof(ConditionFlags), typeof(OrderFlags), typeof(PlaceKind), typeof(AllocatorKind), typeof(ArisingFlags)];

    [Theory]
    [MemberData(nameof(Mirrors))]
    public void Each_structure_has_the_layout_of_its_header(string header, string name, Type mirror)
    {
        string[] fields = CHeader.FieldsOf(File.ReadAllText(Repository.File(header.Split('/'))), name);
        LayoutOf(mirror).Should().Equal(AskCompiler(name, fields));
    }

    /// <summary>The kernel's own header; its unions and bit-fields by the members that we use.</summary>
    [Fact]
    public void Event_attributes_have_the_kernels_layout()
    {
        string[] fields =
        [
            "type", "size", "config", "sample_period", "sample_type", "read_format", "read_format + 1", "wakeup_watermark", "bp_type",
            "bp_addr", "bp_len", "branch_sample_type", "sample_regs_user", "sample_stack_user", "clockid", "sample_regs_intr",
            "aux_watermark", "sample_max_stack", "__reserved_2", "aux_sample_size", "__reserved_3", "sig_data",
        ];
        List<(int Offset, int Size)> kernel = AskCompiler("perf_event_attr", [.. fields.Where(field => !field.Contains('+'))]);
        // The bit-field, which has no address in C, stands behind read_format.
        kernel.Insert(7, (kernel[6].Offset + sizeof(ulong), sizeof(ulong)));
        // The header of the build machine may know attributes that came later.
        LayoutOf(typeof(PerfEventAttributes)).Skip(1).Should().Equal(kernel.Skip(1));
        Unsafe.SizeOf<PerfEventAttributes>().Should().Be((int)PerfEventAttributes.VersionSevenSize);
    }

    [Theory]
    [MemberData(nameof(Enumerations))]
    public void Each_enumeration_has_the_values_of_its_header(Type mirror)
    {
        string[] names = [.. Enum.GetNames(mirror).Where(name => name != "None")];
        long[] values = [.. Enum.GetValuesAsUnderlyingType(mirror).Cast<object>().Select(value => Convert.ToInt64(value, CultureInfo.InvariantCulture)).Where(value => value != 0)];
        Evaluate(names).Should().Equal(values);
    }

    [Fact]
    public void Constants_are_the_headers()
    {
        Dictionary<string, long> mirrored = new()
        {
            ["LW_RECORD_VERSION"] = RecordLimits.LW_RECORD_VERSION,
            ["LW_SLOTS"] = RecordLimits.LW_SLOTS,
            ["LW_PROCESSES"] = RecordLimits.LW_PROCESSES,
            ["LW_STACK_MAX"] = RecordLimits.LW_STACK_MAX,
            ["LW_REGISTERS"] = RecordLimits.LW_REGISTERS,
            ["LW_CONDITIONS"] = RecordLimits.LW_CONDITIONS,
            ["LW_CONDITION_STEPS"] = RecordLimits.LW_CONDITION_STEPS,
            ["LW_CONDITION_REGISTERS"] = Condition.Registers,
            ["LW_CONDITION_VARIABLES"] = Enum.GetValues<ConditionVariable>().Length,
            ["LW_IMMEDIATE"] = ConditionStep.Immediate,
            ["LW_RANGES"] = RecordLimits.LW_RANGES,
            ["LW_RANGES_MOST"] = RecordLimits.LW_RANGES_MOST,
            ["LW_ORDERS"] = RecordLimits.LW_ORDERS,
            ["LW_ARISINGS"] = RecordLimits.LW_ARISINGS,
            ["LW_PLACES"] = RecordLimits.LW_PLACES,
            ["LW_HOLDERS"] = RecordLimits.LW_HOLDERS,
            ["LW_POINTERS"] = PointerWay.MostPointers,
            ["LW_NO_REGISTER"] = RecordLimits.LW_NO_REGISTER,
            ["LW_ARISING_NEWEST"] = (long)ArisingPolicyKind.LW_ARISING_NEWEST,
            ["LW_ARISING_OLDEST"] = (long)ArisingPolicyKind.LW_ARISING_OLDEST,
            ["LW_ARISING_SAMPLED"] = (long)ArisingPolicyKind.LW_ARISING_SAMPLED,
            ["LW_INSTANCE_NONE"] = (long)InstanceState.LW_INSTANCE_NONE,
            ["LW_INSTANCE_BUSY"] = (long)InstanceState.LW_INSTANCE_BUSY,
            ["LW_INSTANCE_REQUESTED"] = (long)InstanceState.LW_INSTANCE_REQUESTED,
            ["LW_INSTANCE_ARMED"] = (long)InstanceState.LW_INSTANCE_ARMED,
            ["LW_LOADER_SLOT"] = GuardLimits.LW_LOADER_SLOT,
            ["LW_GUARD_SLOTS"] = GuardLimits.LW_GUARD_SLOTS,
            ["LW_MAX_CPUS"] = GuardLimits.LW_MAX_CPUS,
            ["LW_ARM_EVENTS"] = (long)GuardArmingKind.LW_ARM_EVENTS,
            ["LW_ARM_POKES"] = (long)GuardArmingKind.LW_ARM_POKES,
            ["LW_ENTRY_RESERVED"] = ShareLimits.LW_ENTRY_RESERVED,
            ["LW_SLOT_STATES"] = ShareLimits.LW_SLOT_STATES,
            ["LW_PERF_SAMPLE_TYPE"] = (long)PerfSampling.SampleType,
            ["LW_PERF_SAMPLE_REGISTERS"] = (long)PerfSampling.SampleRegisters,
            ["LW_PERF_INTERRUPTED_REGISTERS"] = (long)PerfSampling.InterruptedRegisters,
            ["CLOCK_MONOTONIC"] = PerfSampling.CLOCK_MONOTONIC,
            ["HW_BREAKPOINT_W"] = SlotSpecKinds.HW_BREAKPOINT_W,
            ["HW_BREAKPOINT_RW"] = SlotSpecKinds.HW_BREAKPOINT_RW,
            ["HW_BREAKPOINT_X"] = SlotSpecKinds.HW_BREAKPOINT_X,
            ["PERF_TYPE_SOFTWARE"] = PerfEventAttributes.PERF_TYPE_SOFTWARE,
            ["PERF_TYPE_BREAKPOINT"] = PerfEventAttributes.PERF_TYPE_BREAKPOINT,
            ["PERF_COUNT_SW_DUMMY"] = (long)PerfEventAttributes.PERF_COUNT_SW_DUMMY,
            ["PERF_ATTR_SIZE_VER7"] = PerfEventAttributes.VersionSevenSize,
        };
        Evaluate([.. mirrored.Keys]).Should().Equal(mirrored.Values);
    }

    /// <summary>Which bit each flag of the attributes' bit-field is: the compiler sets it, we read the word.</summary>
    [Fact]
    public void Attribute_flags_are_the_kernels_bits()
    {
        Dictionary<string, ulong> mirrored = new()
        {
            ["disabled"] = PerfEventAttributes.Disabled,
            ["inherit"] = PerfEventAttributes.Inherit,
            ["exclude_user"] = PerfEventAttributes.ExcludeUser,
            ["exclude_kernel"] = PerfEventAttributes.ExcludeKernel,
            ["exclude_hv"] = PerfEventAttributes.ExcludeHypervisor,
            ["watermark"] = PerfEventAttributes.Watermark,
            ["sample_id_all"] = PerfEventAttributes.SampleIdAll,
            ["use_clockid"] = PerfEventAttributes.UseClockId,
            ["inherit_thread"] = PerfEventAttributes.InheritThread,
            ["remove_on_exec"] = PerfEventAttributes.RemoveOnExec,
            ["sigtrap"] = PerfEventAttributes.SigTrap,
        };
        string body = string.Join('\n', mirrored.Keys.Select(name =>
            $"{{ struct perf_event_attr a = {{.{name} = 1}}; printf(\"%llu\\n\", *(unsigned long long *)((char *)&a.read_format + 8)); }}"));
        string output = Tools.RunSource($"{Includes}\nint main(void) {{ {body} return 0; }}", Flags);
        output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(ulong.Parse).Should().Equal(mirrored.Values);
    }

    /// <summary>Size of the whole, then offset and size of each field.</summary>
    private static List<(int Offset, int Size)> AskCompiler(string name, string[] fields)
    {
        IEnumerable<string> lines = fields.Select(field =>
            $"printf(\"%zu %zu\\n\", offsetof(struct {name}, {field}), sizeof(((struct {name} *)0)->{field}));");
        string output = Tools.RunSource(
            $"{Includes}\nint main(void) {{ printf(\"0 %zu\\n\", sizeof(struct {name})); {string.Join('\n', lines)} return 0; }}", Flags);
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).Select(words => (int.Parse(words[0]), int.Parse(words[1])))];
    }

    private static IEnumerable<long> Evaluate(string[] names)
    {
        IEnumerable<string> lines = names.Select(name => $"printf(\"%lld\\n\", (long long)({name}));");
        string output = Tools.RunSource($"{Includes}\nint main(void) {{ {string.Join('\n', lines)} return 0; }}", Flags);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse);
    }

    private static List<(int Offset, int Size)> LayoutOf(Type mirror)
    {
        FieldInfo[] fields = mirror.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
        List<(int Offset, int Size)> layout = [(0, SizeOf(mirror))];
        layout.AddRange(fields
            .Select(field => ((int)Marshal.OffsetOf(mirror, field.Name), SizeOf(field.FieldType)))
            .OrderBy(field => field.Item1));
        return layout;
    }

    private static int SizeOf(Type type) =>
        (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!;
}
