using ChaosBench.Harness;
using ChaosBench.Harness.Commands;

return await CommandLine.RunAsync(args, new Terminal(Console.Out, Console.Error), TimeProvider.System).ConfigureAwait(false);
