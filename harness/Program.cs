using ChaosBench.Harness;
using ChaosBench.Harness.Commands;

// Set on the console itself, so that it still counts as the console to those who ask whether it is a terminal.
Console.SetOut(new GuardedWriter(Console.Out, lossy: false));
Console.SetError(new GuardedWriter(Console.Error, lossy: true));
return await CommandLine.RunAsync(args, new Terminal(Console.Out, Console.Error), TimeProvider.System).ConfigureAwait(false);
