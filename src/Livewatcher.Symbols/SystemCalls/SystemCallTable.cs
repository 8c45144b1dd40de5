// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Symbols.SystemCalls;

/// <summary>The x86-64 system calls by number (arch/x86/entry/syscalls/syscall_64.tbl) with the kinds of their
/// arguments, a letter each: f descriptor, d directory descriptor or AT_FDCWD, p pointer, s path or other string,
/// u unsigned, i int, l signed 64 bits, x flags, o mode in octal, m the same where the flags before it create a file.</summary>
internal static class SystemCallTable
{
    private const int FirstOfSecondBlock = 424;

    // 0 to 334.
    private const string FirstBlock = """
        read:fpu write:fpu open:sxm close:f stat:sp fstat:fp lstat:sp poll:pui lseek:fli mmap:puxxfx
        mprotect:pux munmap:pu brk:p rt_sigaction:ippu rt_sigprocmask:ippu rt_sigreturn: ioctl:fxx pread64:fpul
        pwrite64:fpul readv:fpu writev:fpu access:si pipe:p select:ipppp sched_yield: mremap:puuxp msync:pux
        mincore:pup madvise:pui shmget:iux shmat:ipx shmctl:iip dup:f dup2:ff pause: nanosleep:pp getitimer:ip
        alarm:u setitimer:ipp getpid: sendfile:ffpu socket:ixi connect:fpu accept:fpp sendto:fpuxpu
        recvfrom:fpuxpp sendmsg:fpx recvmsg:fpx shutdown:fi bind:fpu listen:fi getsockname:fpp getpeername:fpp
        socketpair:ixip setsockopt:fiipu getsockopt:fiipp clone:xpppp fork: vfork: execve:spp exit:i wait4:ipxp
        kill:ii uname:p semget:iix semop:ipu semctl:iiix shmdt:p msgget:ix msgsnd:ipux msgrcv:ipulx msgctl:iip
        fcntl:fix flock:fi fsync:f fdatasync:f truncate:sl ftruncate:fl getdents:fpu getcwd:pu chdir:s fchdir:f
        rename:ss mkdir:so rmdir:s creat:so link:ss unlink:s symlink:ss readlink:spu chmod:so fchmod:fo chown:sii
        fchown:fii lchown:sii umask:o gettimeofday:pp getrlimit:ip getrusage:ip sysinfo:p times:p ptrace:iipp
        getuid: syslog:ipi getgid: setuid:i setgid:i geteuid: getegid: setpgid:ii getppid: getpgrp: setsid:
        setreuid:ii setregid:ii getgroups:ip setgroups:ip setresuid:iii getresuid:ppp setresgid:iii getresgid:ppp
        getpgid:i setfsuid:i setfsgid:i getsid:i capget:pp capset:pp rt_sigpending:pu rt_sigtimedwait:pppu
        rt_sigqueueinfo:iip rt_sigsuspend:pu sigaltstack:pp utime:sp mknod:sox uselib:s personality:x ustat:up
        statfs:sp fstatfs:fp sysfs:ixx getpriority:ii setpriority:iii sched_setparam:ip sched_getparam:ip
        sched_setscheduler:iip sched_getscheduler:i sched_get_priority_max:i sched_get_priority_min:i
        sched_rr_get_interval:ip mlock:pu munlock:pu mlockall:x munlockall: vhangup: modify_ldt:ipu pivot_root:ss
        _sysctl:p prctl:ixxxx arch_prctl:xp adjtimex:p setrlimit:ip chroot:s sync: acct:s settimeofday:pp
        mount:sssxp umount2:sx swapon:sx swapoff:s reboot:xxxp sethostname:pu setdomainname:pu iopl:u ioperm:uui
        create_module:su init_module:pus delete_module:sx get_kernel_syms:p query_module:sipup quotactl:xsip
        nfsservctl:ipp getpmsg:xxxxx putpmsg:xxxxx afs_syscall:xxxxx tuxcall:xxx security:xxx gettid: readahead:flu
        setxattr:sspux lsetxattr:sspux fsetxattr:fspux getxattr:sspu lgetxattr:sspu fgetxattr:fspu listxattr:spu
        llistxattr:spu flistxattr:fpu removexattr:ss lremovexattr:ss fremovexattr:fs tkill:ii time:p futex:pxuppu
        sched_setaffinity:iup sched_getaffinity:iup set_thread_area:p io_setup:up io_destroy:x io_getevents:xllpp
        io_submit:xlp io_cancel:xpp get_thread_area:p lookup_dcookie:upu epoll_create:i epoll_ctl_old:fifp
        epoll_wait_old:fpii remap_file_pages:puxux getdents64:fpu set_tid_address:p restart_syscall:
        semtimedop:ipup fadvise64:flui timer_create:ipp timer_settime:ixpp timer_gettime:ip timer_getoverrun:i
        timer_delete:i clock_settime:ip clock_gettime:ip clock_getres:ip clock_nanosleep:ixpp exit_group:i
        epoll_wait:fpii epoll_ctl:fifp tgkill:iii utimes:sp vserver:xxxxx mbind:puipux set_mempolicy:ipu
        get_mempolicy:ppupx mq_open:sxop mq_unlink:s mq_timedsend:fpuup mq_timedreceive:fpupp mq_notify:fp
        mq_getsetattr:fpp kexec_load:xupx waitid:iipxp add_key:sspui request_key:sssi keyctl:ixxxx ioprio_set:iii
        ioprio_get:ii inotify_init: inotify_add_watch:fsx inotify_rm_watch:fi migrate_pages:iupp openat:dsxm
        mkdirat:dso mknodat:dsox fchownat:dsiix futimesat:dsp newfstatat:dspx unlinkat:dsx renameat:dsds
        linkat:dsdsx symlinkat:sds readlinkat:dspu fchmodat:dso faccessat:dsi pselect6:ippppp ppoll:puppu unshare:x
        set_robust_list:pu get_robust_list:ipp splice:fpfpux tee:ffux sync_file_range:fllx vmsplice:fpux
        move_pages:iupppx utimensat:dspx epoll_pwait:fpiipu signalfd:fpu timerfd_create:ix eventfd:u
        fallocate:fxll timerfd_settime:fxpp timerfd_gettime:fp accept4:fppx signalfd4:fpux eventfd2:ux
        epoll_create1:x dup3:ffx pipe2:px inotify_init1:x preadv:fpul pwritev:fpul rt_tgsigqueueinfo:iiip
        perf_event_open:piifx recvmmsg:fpuxp fanotify_init:xx fanotify_mark:fxxds prlimit64:iipp
        name_to_handle_at:dsppx open_by_handle_at:fpx clock_adjtime:ip syncfs:f sendmmsg:fpux setns:fx getcpu:ppp
        process_vm_readv:ipupux process_vm_writev:ipupux kcmp:iiixx finit_module:fsx sched_setattr:ipx
        sched_getattr:ipux renameat2:dsdsx seccomp:ixp getrandom:pux memfd_create:sx kexec_file_load:ffusx bpf:ipu
        execveat:dsppx userfaultfd:x membarrier:ixi mlock2:pux copy_file_range:fpfpux preadv2:fpullx
        pwritev2:fpullx pkey_mprotect:puxi pkey_alloc:xx pkey_free:i statx:dsxxp io_pgetevents:xllppp rseq:puxx
        """;

    // 424 to 462: the numbers that all architectures share.
    private const string SecondBlock = """
        pidfd_send_signal:fipx io_uring_setup:up io_uring_enter:fuuxpu io_uring_register:fupu open_tree:dsx
        move_mount:dsdsx fsopen:sx fsconfig:fuspi fsmount:fxx fspick:dsx pidfd_open:ix clone3:pu close_range:uux
        openat2:dspu pidfd_getfd:fix faccessat2:dsix process_madvise:fpuix epoll_pwait2:fpippu mount_setattr:dsxpu
        quotactl_fd:fxip landlock_create_ruleset:pux landlock_add_rule:fipx landlock_restrict_self:fx
        memfd_secret:x process_mrelease:fx futex_waitv:puxpi set_mempolicy_home_node:puux cachestat:fppx
        fchmodat2:dsox map_shadow_stack:pux futex_wake:pxix futex_wait:pxxxpi futex_requeue:pxii statmount:ppux
        listmount:ppux lsm_get_self_attr:uppx lsm_set_self_attr:upux lsm_list_modules:ppx mseal:pux
        """;

    private static readonly (string Name, string Kinds)[] s_first = Parse(FirstBlock);
    private static readonly (string Name, string Kinds)[] s_second = Parse(SecondBlock);

    public static (string Name, string Kinds)? Find(long number)
    {
        long second = number - FirstOfSecondBlock;
        return number >= 0 && number < s_first.Length ? s_first[number]
            : second >= 0 && second < s_second.Length ? s_second[second]
            : null;
    }

    /// <summary>The arguments of a call that is known to be here.</summary>
    public static string KindsOf(string name) =>
        Array.Find([.. s_first, .. s_second], call => call.Name == name) is { Name: not null } found
            ? found.Kinds
            : throw new InvalidOperationException($"no system call {name}");

    private static (string Name, string Kinds)[] Parse(string block)
    {
        string[] entries = block.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        return Array.ConvertAll(entries, entry => (entry[..entry.IndexOf(':')], entry[(entry.IndexOf(':') + 1)..]));
    }
}
