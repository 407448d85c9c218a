using ChaosBench.Engine;
using ChaosBench.Engine.Loops;
using ChaosBench.Engine.Pacing;
using ChaosBench.Engine.Targets;
using ChaosBench.Engine.Targets.OpenAi;
using ChaosBench.Harness.Running;
using ChaosBench.Reports.Content;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Benchmarks.Load;

/// <summary>What becomes of a journal: nothing, a file, or a file that is packed once the run is over.</summary>
internal enum JournalKind
{
    None,
    Plain,
    Packed,
}

/// <summary>What one of our clients did: counts, CPU of the whole process, bytes allocated in the whole process.</summary>
internal sealed class LoadRuns(Uri url, HttpTransport transport, string? authority = null)
{
    private readonly string _folder = Directory.CreateTempSubdirectory("chaosbench-load-").FullName;

    /// <summary>The HTTP client alone: sends, reads, judges, and keeps nothing.</summary>
    public Dictionary<string, double> Client(int connections, int requests)
    {
        using var loop = new EventLoop(Started(), PacerOptions.NoSpin);
        using var target = new OpenAiTarget(Traffic.Settings(url));
        using var session = ((ILoopTarget)target).Open(loop, 1);
        using var over = new CancellationTokenSource();
        var left = requests;
        var bad = 0;
        var clients = Enumerable.Range(0, connections).Select(number => new BareClient(session, number, Next)).ToList();
        clients.ForEach(client => client.Ask());
        var usage = new Usage();
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        loop.WaitUntil(long.MaxValue, over.Token);
        var perRequest = (GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)requests;
        return usage.Since(requests, ("bad", bad), ("allocatedPerRequest", perRequest));

        bool Next(bool good)
        {
            bad += good ? 0 : 1;
            if (--left == 0)
            {
                over.Cancel();
            }

            return left >= connections;
        }
    }

    /// <summary>The whole engine: closed loop for some seconds.</summary>
    public async Task<Dictionary<string, double>> ClosedAsync(int clients, double seconds, JournalKind journal)
    {
        var usage = new Usage();
        var outcome = await RunAsync(Traffic.Closed(clients, TimeSpan.FromSeconds(seconds)), journal, PacerOptions.NoSpin, null);
        return usage.Since(outcome.Counts.Completed, ("bad", outcome.Counts.Failed));
    }

    /// <summary>Open loop of plain requests: how late they were sent, nanoseconds.</summary>
    public async Task<Dictionary<string, double>> LagAsync(double perSecond, double seconds, long spin)
    {
        var plan = Traffic.Open((int)(perSecond * seconds), perSecond, stream: false);
        var lags = new List<double>(plan.Arrivals.Count);
        var usage = new Usage();
        var outcome = await RunAsync(
            plan, JournalKind.None, new PacerOptions(spin),
            new Watcher((observation, _) => lags.Add(observation.Sent!.Value - observation.Planned)));
        return usage.Since(outcome.Counts.Completed, [("bad", outcome.Counts.Failed), .. Lags(lags)]);
    }

    /// <summary>The event loop alone, with nothing to send: what this machine's timers can do.</summary>
    public static Dictionary<string, double> Floor(double perSecond, double seconds, long spin)
    {
        using var loop = new EventLoop(Started(), new PacerOptions(spin));
        PromptThread.Ask();
        var count = (int)(perSecond * seconds);
        var lags = new List<double>(count);
        var usage = new Usage();
        var origin = loop.Clock.Now + Nanos.PerMillisecond;
        for (var at = 0; at < count; at++)
        {
            var due = origin + (long)(at * (Nanos.PerSecond / perSecond));
            loop.WaitUntil(due, CancellationToken.None);
            lags.Add(loop.Clock.Now - due);
        }

        return usage.Since(count, Lags(lags));
    }

    /// <summary>Open loop whose requests' texts are all kept, as those of any run of fewer than 10,000 are, or none.</summary>
    public async Task<Dictionary<string, double>> TextsAsync(int count, double perSecond, bool stream, bool keep)
    {
        var plan = Traffic.Open(count, perSecond, stream);
        var events = 0L;
        var usage = new Usage();
        var file = Path.Combine(_folder, ContentWriter.FileName);
        File.Delete(file);
        await using var writer = keep ? ContentKeeper.Open(_folder, RedactionRules.Default, 1) : null;
        var keeper = writer is null ? null : new ContentKeeper(writer, 1, plan.Seed);
        var outcome = await RunAsync(plan, JournalKind.None, PacerOptions.NoSpin, new Ears(keeper, seen => events += seen.Gaps.Count + 1));
        if (writer is not null)
        {
            await writer.DisposeAsync();
        }

        return usage.Since(stream ? events : count, ("bad", outcome.Counts.Failed + (writer?.LeftOut ?? 0)));
    }

    /// <summary>Open loop against a server that stands still once: seconds from the planned time to the answer.</summary>
    public async Task<Dictionary<string, double>> StallAsync(double perSecond, double seconds)
    {
        var times = new List<double>();
        var usage = new Usage();
        var outcome = await RunAsync(
            Traffic.Open((int)(perSecond * seconds), perSecond, stream: false), JournalKind.None, PacerOptions.NoSpin,
            new Watcher((observation, _) => times.Add(Nanos.ToSeconds(observation.LastToken!.Value - observation.Planned))));
        return usage.Since(
            outcome.Counts.Completed,
            ("bad", outcome.Counts.Failed), ("p50", Statistics.Percentile(times, 50)), ("p90", Statistics.Percentile(times, 90)),
            ("p99", Statistics.Percentile(times, 99)), ("p999", Statistics.Percentile(times, 99.9)));
    }

    private static (string Name, double Value)[] Lags(List<double> nanos) =>
    [
        ("lagP50", Statistics.Percentile(nanos, 50)), ("lagP99", Statistics.Percentile(nanos, 99)),
        ("lagP999", Statistics.Percentile(nanos, 99.9)), ("lagMax", nanos.Max()),
    ];

    /// <summary>Streams whose tokens carry the time they were sent: how late each was seen, nanoseconds.</summary>
    /// <param name="text">False: nobody wants the texts, and then there are no errors to tell.</param>
    public async Task<Dictionary<string, double>> StreamsAsync(int streams, int tokens, double ramp, JournalKind journal, bool text)
    {
        var plan = Traffic.Open(streams, streams / ramp, stream: true);
        var errors = new List<double>(streams * tokens);
        var clock = new RunClock();
        var resident = Resident();
        var peak = new Peak();
        var events = 0L;
        var usage = new Usage();
        var outcome = await RunAsync(
            plan, journal, PacerOptions.NoSpin, new Watcher(Compare, text), clock, peak);
        var used = usage.Since(
            events,
            ("bad", outcome.Counts.Failed), ("residentPerStream", (peak.Resident - resident) / (double)Math.Max(1, peak.InFlight)),
            ("inFlight", peak.InFlight));
        foreach (var (name, percent) in text ? ((string, double)[])[("errorP50", 50), ("errorP99", 99), ("errorMax", 100)] : [])
        {
            used[name] = Statistics.Percentile(errors, percent);
        }

        return used;

        void Compare(JournalEvent.Observation seen, string? text)
        {
            var at = clock.Origin + (seen.FirstToken ?? 0);
            events += seen.Gaps.Count + 1;
            for (var token = 0; text is not null && (token + 1) * StubServer.StampDigits <= text.Length; token++)
            {
                at += token == 0 ? 0 : seen.Gaps[token - 1].Nanos;
                errors.Add(at - long.Parse(text.AsSpan(token * StubServer.StampDigits, StubServer.StampDigits), null));
            }
        }
    }

    private async Task<RunOutcome> RunAsync(
        Plan plan, JournalKind journal, PacerOptions pacing, IRunObserver? observer, RunClock? clock = null, IProgress<RunProgress>? progress = null)
    {
        await using var target = new OpenAiTarget(Traffic.Settings(url, transport, authority));
        var file = Path.Combine(_folder, "journal.jsonl");
        File.Delete(file);
        File.Delete(file + ".gz");
        await using var writer = journal switch
        {
            JournalKind.None => null,
            JournalKind.Packed => JournalWriter.Create(_folder, TimeProvider.System),
            _ => new JournalWriter(new BufferedStream(File.Create(file, 1), 1), file, TimeProvider.System),
        };
        return await LoadEngine.RunAsync(new RunRequest
        {
            Plan = plan,
            Targets = new Dictionary<TargetRole, ITarget> { [TargetRole.Candidate] = target },
            Journal = writer ?? (IJournalWriter)new NoJournal(),
            Clock = clock ?? new RunClock(),
            Pacing = pacing,
            Observer = observer,
            Progress = progress,
            WarmUp = false,
        });
    }

    private static RunClock Started()
    {
        var clock = new RunClock();
        clock.Start();
        return clock;
    }

    private static long Resident()
    {
        GC.Collect();
        return Environment.WorkingSet;
    }

    /// <summary>CPU, time and allocations from its making on.</summary>
    private sealed class Usage
    {
        private readonly TimeSpan _cpu = Environment.CpuUsage.TotalTime;
        private readonly TimeSpan _user = Environment.CpuUsage.UserTime;
        private readonly int _collections = GC.CollectionCount(0);
        private readonly long _allocated = GC.GetTotalAllocatedBytes(precise: true);
        private readonly long _from = Machine.Clock.GetTimestamp();

        public Dictionary<string, double> Since(double count, params (string Name, double Value)[] more)
        {
            var seconds = Machine.Clock.GetElapsedTime(_from).TotalSeconds;
            var values = new Dictionary<string, double>
            {
                ["count"] = count,
                ["seconds"] = seconds,
                ["perSecond"] = count / seconds,
                ["cpuMicros"] = (Environment.CpuUsage.TotalTime - _cpu).TotalMicroseconds / count,
                ["userMicros"] = (Environment.CpuUsage.UserTime - _user).TotalMicroseconds / count,
                ["collections"] = GC.CollectionCount(0) - _collections,
                ["allocated"] = (GC.GetTotalAllocatedBytes(precise: true) - _allocated) / count,
            };
            foreach (var (name, value) in more)
            {
                values[name] = value;
            }

            return values;
        }
    }

    private sealed class Watcher(Action<JournalEvent.Observation, string?> ended, bool wantsText = false) : IRunObserver
    {
        public AnswerUse UseOf(Arrival arrival) => wantsText ? AnswerUse.Look : AnswerUse.None;

        public void OnEnded(Arrival arrival, JournalEvent.Observation observation, string? output, AnswerUse use) => ended(observation, output);
    }

    /// <summary>As a run hears its requests when nothing is broken.</summary>
    private sealed class Ears(ContentKeeper? keeper, Action<JournalEvent.Observation> ended) : IRunObserver
    {
        public AnswerUse UseOf(Arrival arrival) => keeper?.Takes(arrival) == true ? AnswerUse.Keep : AnswerUse.None;

        public void OnEnded(Arrival arrival, JournalEvent.Observation observation, string? output, AnswerUse use)
        {
            ended(observation);
            if (use != AnswerUse.None)
            {
                keeper!.OnEnded(arrival, observation, output);
            }
        }
    }

    private sealed class Peak : IProgress<RunProgress>
    {
        public int InFlight { get; private set; }

        public long Resident { get; private set; }

        public void Report(RunProgress value)
        {
            if (value.InFlight >= InFlight)
            {
                (InFlight, Resident) = (value.InFlight, Environment.WorkingSet);
            }
        }
    }

    private sealed class NoJournal : IJournalWriter
    {
        public void Write(JournalEvent @event)
        {
        }
    }

    /// <summary>Asks again as soon as it is answered.</summary>
    private sealed class BareClient(ILoopSession session, int number, Func<bool, bool> next) : ILoopSink
    {
        private readonly Arrival _arrival = Traffic.Arrival(number, 0, stream: false);

        public void Ask() => session.Prepare(_arrival, this).Start();

        public void Ended(ICallResult result)
        {
            if (next(result.Outcome == Outcome.Completed))
            {
                Ask();
            }
        }

        public void Sent()
        {
        }

        public void Tokens(int tokens)
        {
        }

        public long Stamp() => Machine.Clock.GetTimestamp();
    }
}
