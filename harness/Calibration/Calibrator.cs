using System.Text;
using System.Text.Json;
using ChaosBench.Engine;
using ChaosBench.Engine.Pacing;
using ChaosBench.Engine.Targets;
using ChaosBench.Engine.Targets.OpenAi;
using ChaosBench.Harness.Running;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Runs;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Prompts;

namespace ChaosBench.Harness.Calibrating;

/// <summary>Measures this machine with the engine's own path: the same clients, parsers and journal as in a run.</summary>
internal sealed class Calibrator(TimeSpan each, Action<string> tell, TimeProvider time)
{
    private const int PromptBytes = 200_000;
    private const int Sleeps = 300;
    private const int SystemCalls = 20_000;
    private static readonly double[] Rates = [100, 1000, 5000];

    public async Task<Calibration> RunAsync(CancellationToken cancellation)
    {
        using var server = await NullServerProcess.StartAsync(cancellation).ConfigureAwait(false);
        tell("requests/s at saturation");
        var plain = await LoadAsync(server.Brief, Closed(64), Mix(stream: false), 20, cancellation).ConfigureAwait(false);
        tell("token events/s");
        var streams = await LoadAsync(server.Long, Closed(16), Mix(stream: true), 20, cancellation).ConfigureAwait(false);
        tell("bytes/s of long prompts");
        var prompts = await LoadAsync(server.Brief, Closed(4), Mix(stream: false), PromptBytes, cancellation).ConfigureAwait(false);
        var timer = new List<TimerError>();
        foreach (var rate in Rates)
        {
            tell(FormattableString.Invariant($"dispatch lag at {rate}/s"));
            var open = new Workload.Open(new ArrivalProcess.Poisson(new Rate(rate)));
            var lags = (await LoadAsync(server.Brief, open, Mix(stream: true), 20, cancellation).ConfigureAwait(false)).Lags;
            timer.Add(new TimerError(rate, lags.Quantile(0.5), lags.Count >= 299 ? lags.Quantile(0.99) : null));
        }

        var sleep = SleepErrors(cancellation);
        return new Calibration
        {
            ToolVersion = ToolVersion.Text,
            MeasuredUtc = time.GetUtcNow(),
            Machine = ManifestBuilder.Machine(),
            RequestsPerSecond = plain.Completed / each.TotalSeconds,
            TokenEventsPerSecond = streams.Events / each.TotalSeconds,
            PromptBytesPerSecond = prompts.Completed * (double)PromptBytes / each.TotalSeconds,
            Timer = timer,
            SleepErrorP50 = sleep.Quantile(0.5),
            SleepErrorP99 = sleep.Quantile(0.99),
            SystemCall = SystemCall(),
        };
    }

    private static Workload.Closed Closed(int clients) => new Workload.Closed(clients, TimeSpan.Zero);

    private static MixEntry Mix(bool stream) =>
        new() { Prompts = new PromptSet.Recorded { Name = "null", Path = "null.jsonl" }, Weight = 1, Stream = [stream] };

    private async Task<Count> LoadAsync(Uri url, Workload workload, MixEntry mix, int promptBytes, CancellationToken cancellation)
    {
        var scenario = new Scenario
        {
            Name = "calibration",
            Candidate = new Target.OpenAi { Name = "null", Url = new Templated(url.ToString()), Model = new Templated("null") },
            Workload = workload,
            Mix = [mix],
            // What is compiled in the first second is not counted.
            Phases = new PhaseDurations(TimeSpan.FromSeconds(1), each, TimeSpan.Zero, TimeSpan.Zero),
            Drain = TimeSpan.FromSeconds(5),
        };
        var plan = Planner.Create(scenario, 1, new PlanInputs(new OnePrompt(promptBytes)));
        var folder = Directory.CreateTempSubdirectory("chaosbench-calibrate-");
        try
        {
            await using var target = new OpenAiTarget(new OpenAiSettings { Name = "null", Url = url, Model = "null" });
            await using var journal = JournalWriter.Create(folder.FullName, time);
            var count = new Count(journal);
            var outcome = await LoadEngine.RunAsync(
                new RunRequest
                {
                    Plan = plan,
                    Targets = new Dictionary<TargetRole, ITarget> { [TargetRole.Candidate] = target },
                    Journal = count,
                    Clock = new RunClock(time),
                    WarmUp = false,
                },
                cancellation).ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
            return outcome.Ending == RunEnding.Completed ? count : throw new InvalidOperationException($"calibration: {outcome.Reason}");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>What the clock call alone gets wrong, without any request.</summary>
    private Distribution SleepErrors(CancellationToken cancellation)
    {
        var clock = new RunClock(time);
        clock.Start();
        var pacer = new MonotonicPacer(clock, PacerOptions.NoSpin);
        var errors = new double[Sleeps];
        for (var at = 0; at < Sleeps && !cancellation.IsCancellationRequested; at++)
        {
            var deadline = clock.Now + Nanos.PerMillisecond;
            pacer.WaitUntil(deadline, cancellation);
            errors[at] = Nanos.ToSeconds(clock.Now - deadline);
        }

        cancellation.ThrowIfCancellationRequested();
        return new Distribution(errors);
    }

    private double? SystemCall()
    {
        const string Zeros = "/dev/zero";
        if (!File.Exists(Zeros))
        {
            return null;
        }

        using var file = File.OpenHandle(Zeros);
        Span<byte> one = stackalloc byte[1];
        var start = time.GetTimestamp();
        for (var call = 0; call < SystemCalls; call++)
        {
            RandomAccess.Read(file, one, 0);
        }

        return time.GetElapsedTime(start).TotalSeconds / SystemCalls;
    }

    /// <summary>Passes everything on to a real journal and counts what was measured.</summary>
    private sealed class Count(IJournalWriter journal) : IJournalWriter
    {
        // Guards the lags.
        private readonly Lock _lock = new();
        private readonly List<double> _lags = [];
        private long _completed;
        private long _events;

        public long Completed => _completed;
        public long Events => _events;
        public Distribution Lags => new(_lags);

        public void Write(JournalEvent @event)
        {
            journal.Write(@event);
            if (@event is not JournalEvent.Observation { Outcome: Outcome.Completed, Phase: not Phase.WarmUp } seen)
            {
                return;
            }

            Interlocked.Increment(ref _completed);
            Interlocked.Add(ref _events, seen.Gaps.Count + (seen.FirstToken is null ? 0 : 1));
            lock (_lock)
            {
                _lags.Add(Nanos.ToSeconds(seen.Sent!.Value - seen.Planned));
            }
        }
    }

    /// <summary>A prompt file that is made, not read.</summary>
    private sealed class OnePrompt(int bytes) : IPromptFiles
    {
        public Stream Open(string path) => new MemoryStream(Encoding.UTF8.GetBytes(
            JsonSerializer.Serialize(new { id = "null", prompt = string.Concat(Enumerable.Repeat("word ", bytes / 5)) }) + "\n"));
    }
}
