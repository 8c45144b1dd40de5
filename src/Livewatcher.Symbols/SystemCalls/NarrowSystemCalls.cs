// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Symbols.SystemCalls;

/// <summary>The i386 system calls by number (arch/x86/entry/syscalls/syscall_32.tbl). A name alone has the arguments that
/// it has on x86-64; kinds of its own follow a colon, with two letters more: L, 64 bits in two registers, the low half
/// first, and k, which of its calls socketcall(2) is to make. "-" is a number that is not assigned.</summary>
internal static class NarrowSystemCalls
{
    private const int FirstOfSecondBlock = 393;

    /// <summary>From here on both architectures have the same calls by the same numbers.</summary>
    private const int FirstShared = 424;

    // 0 to 386.
    private const string FirstBlock = """
        restart_syscall exit fork read write open close waitpid:ipx creat link unlink execve chdir time mknod chmod
        lchown break:p oldstat:sp lseek:fii getpid mount umount:s setuid getuid stime:p ptrace alarm oldfstat:fp pause
        utime stty:ip gtty:ip access nice:i ftime:p sync kill rename mkdir rmdir dup pipe times prof:pupu brk setgid
        getgid signal:ip geteuid getegid acct umount2 lock: ioctl fcntl mpx: setpgid ulimit:ii oldolduname:p umask
        chroot ustat dup2 getppid getpgrp setsid sigaction:ipp sgetmask: ssetmask:x setreuid setregid sigsuspend:iix
        sigpending:p sethostname setrlimit getrlimit getrusage gettimeofday settimeofday getgroups setgroups select:p
        symlink oldlstat:sp readlink uselib swapon reboot readdir:fpu mmap:p munmap truncate:si ftruncate:fi fchmod
        fchown getpriority setpriority profil:pupu statfs fstatfs ioperm socketcall:kp syslog setitimer getitimer stat
        lstat fstat olduname:p iopl vhangup idle: vm86old:p wait4 swapoff sysinfo ipc:xiiipi fsync sigreturn: clone
        setdomainname uname modify_ldt adjtimex mprotect sigprocmask:ipp create_module init_module delete_module
        get_kernel_syms quotactl getpgid fchdir bdflush:ii sysfs personality afs_syscall setfsuid setfsgid
        _llseek:fuupi getdents _newselect:ipppp flock msync readv writev getsid fdatasync _sysctl mlock munlock
        mlockall munlockall sched_setparam sched_getparam sched_setscheduler sched_getscheduler sched_yield
        sched_get_priority_max sched_get_priority_min sched_rr_get_interval nanosleep mremap setresuid getresuid
        vm86:ip query_module poll nfsservctl setresgid getresgid prctl rt_sigreturn rt_sigaction rt_sigprocmask
        rt_sigpending rt_sigtimedwait rt_sigqueueinfo rt_sigsuspend pread64:fpuL pwrite64:fpuL chown getcwd capget
        capset sigaltstack sendfile getpmsg putpmsg vfork ugetrlimit:ip mmap2:puxxfu truncate64:sL ftruncate64:fL
        stat64:sp lstat64:sp fstat64:fp lchown32:sii getuid32: getgid32: geteuid32: getegid32: setreuid32:ii
        setregid32:ii getgroups32:ip setgroups32:ip fchown32:fii setresuid32:iii getresuid32:ppp setresgid32:iii
        getresgid32:ppp chown32:sii setuid32:i setgid32:i setfsuid32:i setfsgid32:i pivot_root mincore madvise
        getdents64 fcntl64:fix - - gettid readahead:fLu setxattr lsetxattr fsetxattr getxattr lgetxattr fgetxattr
        listxattr llistxattr flistxattr removexattr lremovexattr fremovexattr tkill sendfile64:ffpu futex
        sched_setaffinity sched_getaffinity set_thread_area get_thread_area io_setup io_destroy io_getevents:xiipp
        io_submit:xip io_cancel fadvise64:fLui - exit_group lookup_dcookie:Lpu epoll_create epoll_ctl epoll_wait
        remap_file_pages set_tid_address timer_create timer_settime timer_gettime timer_getoverrun timer_delete
        clock_settime clock_gettime clock_getres clock_nanosleep statfs64:sup fstatfs64:fup tgkill utimes
        fadvise64_64:fLLi vserver mbind get_mempolicy set_mempolicy mq_open mq_unlink mq_timedsend mq_timedreceive
        mq_notify mq_getsetattr kexec_load waitid - add_key request_key keyctl ioprio_set ioprio_get inotify_init
        inotify_add_watch inotify_rm_watch migrate_pages openat mkdirat mknodat fchownat futimesat fstatat64:dspx
        unlinkat renameat linkat symlinkat readlinkat fchmodat faccessat pselect6 ppoll unshare set_robust_list
        get_robust_list splice sync_file_range:fLLx tee vmsplice move_pages getcpu epoll_pwait utimensat signalfd
        timerfd_create eventfd fallocate:fxLL timerfd_settime timerfd_gettime signalfd4 eventfd2 epoll_create1 dup3
        pipe2 inotify_init1 preadv:fpuL pwritev:fpuL rt_tgsigqueueinfo perf_event_open recvmmsg fanotify_init
        fanotify_mark:fxLds prlimit64 name_to_handle_at open_by_handle_at clock_adjtime syncfs sendmmsg setns
        process_vm_readv process_vm_writev kcmp finit_module sched_setattr sched_getattr renameat2 seccomp getrandom
        memfd_create bpf execveat socket socketpair bind connect listen accept4 getsockopt setsockopt getsockname
        getpeername sendto sendmsg recvfrom recvmsg shutdown userfaultfd membarrier mlock2 copy_file_range
        preadv2:fpuLx pwritev2:fpuLx pkey_mprotect pkey_alloc pkey_free statx arch_prctl io_pgetevents:xiippp rseq
        """;

    // 393 to 423.
    private const string SecondBlock = """
        semget semctl shmget shmctl shmat shmdt msgget msgsnd msgrcv:ipuix msgctl clock_gettime64:ip
        clock_settime64:ip clock_adjtime64:ip clock_getres_time64:ip clock_nanosleep_time64:ixpp timer_gettime64:ip
        timer_settime64:ixpp timerfd_gettime64:fp timerfd_settime64:fxpp utimensat_time64:dspx pselect6_time64:ippppp
        ppoll_time64:puppu - io_pgetevents_time64:xiippp recvmmsg_time64:fpuxp mq_timedsend_time64:fpuup
        mq_timedreceive_time64:fpupp semtimedop_time64:ipup rt_sigtimedwait_time64:pppu futex_time64:pxuppu
        sched_rr_get_interval_time64:ip
        """;

    // SYS_SOCKET to SYS_SENDMMSG, linux/net.h; 1 to 20.
    private static readonly string[] s_socketCalls =
    [
        "SOCKET", "BIND", "CONNECT", "LISTEN", "ACCEPT", "GETSOCKNAME", "GETPEERNAME", "SOCKETPAIR", "SEND", "RECV", "SENDTO",
        "RECVFROM", "SHUTDOWN", "SETSOCKOPT", "GETSOCKOPT", "SENDMSG", "RECVMSG", "ACCEPT4", "RECVMMSG", "SENDMMSG",
    ];

    private static readonly (string Name, string Kinds)?[] s_first = Parse(FirstBlock);
    private static readonly (string Name, string Kinds)?[] s_second = Parse(SecondBlock);

    public static (string Name, string Kinds)? Find(long number)
    {
        long second = number - FirstOfSecondBlock;
        return number >= FirstShared ? SystemCallTable.Find(number)
            : number >= 0 && number < s_first.Length ? s_first[number]
            : second >= 0 && second < s_second.Length ? s_second[second]
            : null;
    }

    /// <summary>The first argument of socketcall(2); its number where it has no name.</summary>
    public static string SocketCall(ulong number) =>
        number - 1 < (ulong)s_socketCalls.Length ? $"SYS_{s_socketCalls[number - 1]}" : $"{number}";

    private static (string Name, string Kinds)?[] Parse(string block) =>
        Array.ConvertAll(block.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries), ParseEntry);

    private static (string Name, string Kinds)? ParseEntry(string entry)
    {
        int colon = entry.IndexOf(':');
        return entry == "-" ? null
            : colon < 0 ? (entry, SystemCallTable.KindsOf(entry))
            : (entry[..colon], entry[(colon + 1)..]);
    }
}
