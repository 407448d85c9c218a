using System.Diagnostics;
using System.Globalization;

namespace ChaosBench.Benchmarks;

/// <summary>This program once more, on one core: for each line that it is sent it does its part once and answers with a number.</summary>
internal sealed class Child : IAsyncDisposable
{
    /// <summary>First argument of such a process; not for users.</summary>
    public const string Verb = "child";

    private readonly Process _process;

    private Child(Process process) => _process = process;

    public static Child Start(int core, params string[] arguments)
    {
        var start = Cores.Start("dotnet", [typeof(Child).Assembly.Location, Verb, .. arguments], core);
        (start.RedirectStandardInput, start.RedirectStandardOutput) = (true, true);
        return new Child(Process.Start(start)!);
    }

    public async Task<double> AskAsync()
    {
        await _process.StandardInput.WriteLineAsync("go");
        await _process.StandardInput.FlushAsync();
        return await _process.StandardOutput.ReadLineAsync() is { } line
            ? double.Parse(line, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException("a child process of the benchmark ended early");
    }

    /// <summary>What the process itself does: <c>bare GRAPH ROWS</c> or <c>client ADDRESS STREAMS</c>; tokens per second each time.</summary>
    public static async Task<int> MainAsync(string[] arguments)
    {
        if (arguments is not ([_, "bare" or "client", _, _] and [_, var part, var place, var number])
            || !int.TryParse(number, CultureInfo.InvariantCulture, out var concurrency))
        {
            Console.Error.WriteLine("child bare GRAPH ROWS | child client ADDRESS STREAMS");
            return 4;
        }

        using var bare = part == "bare" ? new BareLoop(place, concurrency, DecodeBenchmark.Positions) : null;
        using var client = part == "client" ? new StreamClient(new Uri(place), concurrency) : null;
        while (await Console.In.ReadLineAsync() is not null)
        {
            var perSecond = bare is not null
                ? concurrency * DecodeBenchmark.Steps / bare.Decode(DecodeBenchmark.Prompt, DecodeBenchmark.Steps)
                : await client!.RunAsync();
            Console.WriteLine(perSecond.ToString("R", CultureInfo.InvariantCulture));
        }

        return 0;
    }

    /// <summary>The end of its input ends it.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
