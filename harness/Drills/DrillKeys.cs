using System.Text;
using ChaosBench.Harness.Running;

namespace ChaosBench.Harness.Drills;

/// <summary>Keys in the terminal while a run lives: Enter goes on, n takes a note, a aborts.</summary>
internal sealed class DrillKeys(DrillDesk desk, IRunWatcher watcher)
{
    private StringBuilder? _note;

    /// <summary>Reads keys on a thread of its own until <paramref name="stop"/>; does nothing where the terminal is not ours to read.</summary>
    public void Start(CancellationToken stop)
    {
        if (!Console.IsInputRedirected && IsInForeground())
        {
            new Thread(() => Listen(stop)) { IsBackground = true, Name = "chaosbench-keys" }.Start();
        }
    }

    /// <summary>One key.</summary>
    public void Press(ConsoleKeyInfo key)
    {
        if (_note is not null)
        {
            Write(key);
            return;
        }

        switch (key)
        {
            case { Key: ConsoleKey.Enter }:
                desk.Continue("the key Enter");
                break;
            case { KeyChar: 'a' or 'A' }:
                watcher.Tell("aborting: every fault is lifted.");
                desk.Abort();
                break;
            case { KeyChar: 'n' or 'N' }:
                _note = new StringBuilder();
                watcher.Prompt = "note: ";
                break;
            default:
                watcher.Tell("Enter: go on, n: note, a: abort.");
                break;
        }
    }

    private void Write(ConsoleKeyInfo key)
    {
        switch (key.Key)
        {
            case ConsoleKey.Enter:
            case ConsoleKey.Escape:
                var text = _note!.ToString().Trim();
                (_note, watcher.Prompt) = (null, null);
                if (key.Key == ConsoleKey.Enter && text.Length > 0)
                {
                    desk.Note(text);
                }

                return;
            case ConsoleKey.Backspace:
                _note!.Length = Math.Max(0, _note.Length - 1);
                break;
            default:
                if (!char.IsControl(key.KeyChar) && _note!.Length < DrillControl.LongestNote)
                {
                    _note.Append(key.KeyChar);
                }

                break;
        }

        watcher.Prompt = "note: " + _note;
    }

    private void Listen(CancellationToken stop)
    {
        try
        {
            while (!stop.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(50)))
            {
                while (Console.KeyAvailable)
                {
                    Press(Console.ReadKey(intercept: true));
                }
            }
        }
        catch (Exception gone) when (gone is InvalidOperationException or IOException)
        {
            // The terminal has closed: the run goes on, and the other ways to stop it are there.
        }
    }

    /// <summary>A job in the background that touches the terminal is stopped by the kernel.</summary>
    private static bool IsInForeground()
    {
        const int Group = 2, TerminalsGroup = 5; // behind the name in /proc/self/stat: state, ppid, pgrp, session, tty, tpgid
        try
        {
            var fields = File.ReadAllText("/proc/self/stat").Split(") ", 2)[1].Split(' ');
            return fields[Group] == fields[TerminalsGroup];
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException or IndexOutOfRangeException)
        {
            return !OperatingSystem.IsLinux();
        }
    }
}
