using System.Text;
using System.Threading.Channels;
using ChaosBench.Server;
using ChaosBench.Server.Models;
using ChaosBench.Server.Scheduling;

namespace ChaosBench.Tests.Server;

/// <summary>A model whose replicas do what a test tells them to. Prompts are one token a character.</summary>
internal sealed class FakeModel
{
    private readonly Channel<FakeCall> _calls = Channel.CreateUnbounded<FakeCall>();

    public const int MaxContext = 64;

    /// <summary>Every life of every replica, in order of creation.</summary>
    public List<FakeReplica> Lives { get; } = [];

    /// <summary>Answers at once with these pieces instead of waiting for the test.</summary>
    public IReadOnlyList<string>? Script { get; set; }

    /// <summary>What starting a replica throws, if anything.</summary>
    public Exception? StartFailure { get; set; }

    /// <summary>Starting a replica waits for it.</summary>
    public Task StartGate { get; set; } = Task.CompletedTask;

    public ServedModel Served => new(Identity, MaxContext, Encode, Create);

    private static ModelIdentity Identity => new()
    {
        Name = "fake", ModelSha256 = "00", TokenizerSha256 = "00", Vocabulary = 1 << 16, Layers = 1, Heads = 1, Context = MaxContext,
        RuntimeVersion = "none", Device = "cpu",
    };

    /// <summary>The next request that reached a replica.</summary>
    public async Task<FakeCall> NextCallAsync() => await _calls.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    /// <summary>Not a measure of anything: a broken test fails instead of hanging.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);

    public Task<ModelServer> ServeAsync(ServerOptions? options = null, TimeProvider? time = null) =>
        ModelServer.StartAsync(Served, options ?? Options, time ?? TimeProvider.System, CancellationToken.None);

    public static ServerOptions Options => new() { Model = "fake", Replicas = 2, MaxBatch = 2, QueueLimit = 2, ContextStore = null };

    public static GenerationRequest Request(string id = "r1", string text = "hello", bool stream = true) => new()
    {
        RequestId = id, Messages = [new ChatTurn("user", text)], MaxTokens = 8, Stream = stream,
    };

    private static int[] Encode(GenerationRequest request)
    {
        var text = request.Prompt ?? string.Concat(request.Messages.Select(turn => turn.Content));
        Assert.DoesNotContain("BUG", text, StringComparison.Ordinal);
        return text.Contains("REFUSE", StringComparison.Ordinal)
            ? throw new RequestRefusedException("the template refuses this")
            : [.. text.Select(letter => (int)letter)];
    }

    private FakeReplica Create(int index)
    {
        var replica = new FakeReplica(index, this, _calls.Writer);
        lock (Lives)
        {
            Lives.Add(replica);
        }

        return replica;
    }
}

internal sealed class FakeReplica(int index, FakeModel model, ChannelWriter<FakeCall> calls) : IReplica
{
    private readonly Lock _lock = new(); // guards _open
    private readonly List<FakeCall> _open = [];

    public int Index => index;

    public ReplicaState State { get; private set; } = ReplicaState.Starting;

    public int Outstanding => _open.Count;

    /// <summary>Gives no sign of life.</summary>
    public bool Silent { get; set; }

    public bool Responsive => !Silent;

    /// <summary>Silent, and deaf to those who want to leave.</summary>
    public void Hang() => Silent = Deaf = true;

    private bool Deaf { get; set; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await model.StartGate.WaitAsync(cancellationToken);
        if (model.StartFailure is { } failure)
        {
            State = ReplicaState.Lost;
            throw failure;
        }

        lock (_lock)
        {
            State = State == ReplicaState.Starting ? ReplicaState.Ready : State;
        }
    }

    public async Task<GenerationResult> GenerateAsync(
        GenerationRequest request, IReadOnlyList<int> promptTokens, IGenerationSink sink, CancellationToken cancellationToken)
    {
        var call = new FakeCall(this, request, promptTokens.Count, sink);
        if (request.RequestId == "warm-up")
        {
            call.End(State == ReplicaState.Ready ? GenerationStatus.Completed : GenerationStatus.ReplicaLost);
            return await call.Result;
        }

        lock (_lock)
        {
            if (State != ReplicaState.Ready)
            {
                call.End(GenerationStatus.ReplicaLost);
            }

            _open.Add(call);
        }

        if (model.Script is { } script && !call.Result.IsCompleted)
        {
            foreach (var piece in script)
            {
                call.Token(piece);
            }

            call.Complete();
        }

        await calls.WriteAsync(call, CancellationToken.None);
        using (cancellationToken.Register(() =>
        {
            if (!Deaf)
            {
                call.End(GenerationStatus.Cancelled);
            }
        }))
        {
            return await call.Result;
        }
    }

    public void Kill()
    {
        lock (_lock)
        {
            State = ReplicaState.Lost;
            _open.ForEach(call => call.End(GenerationStatus.ReplicaLost));
        }
    }

    public ValueTask DisposeAsync()
    {
        Kill();
        State = ReplicaState.Stopped;
        return ValueTask.CompletedTask;
    }
}

/// <summary>One request on a fake replica, in the hands of the test.</summary>
internal sealed class FakeCall(FakeReplica replica, GenerationRequest request, int promptTokens, IGenerationSink sink)
{
    private readonly TaskCompletionSource<GenerationResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new(); // guards _text and _tokens: a cancellation ends the call while the test still writes
    private readonly StringBuilder _text = new();
    private int _tokens;

    public FakeReplica Replica => replica;

    public GenerationRequest Request => request;

    public Task<GenerationResult> Result => _result.Task;

    public void Token(string text)
    {
        lock (_lock)
        {
            _tokens++;
            _text.Append(text);
        }

        sink.Tokens(1, text);
    }

    public void Complete() => End(GenerationStatus.Completed);

    public void End(GenerationStatus status)
    {
        lock (_lock)
        {
            _result.TrySetResult(new GenerationResult
            {
                Status = status,
                FinishReason = status == GenerationStatus.Completed ? "stop" : null,
                PromptTokens = promptTokens,
                CompletionTokens = _tokens,
                Text = _text.ToString(),
            });
        }
    }
}

/// <summary>Keeps what it hears.</summary>
internal sealed class ListSink : IGenerationSink
{
    public List<(int Count, string Text)> Heard { get; } = [];

    public void Tokens(int count, string text) => Heard.Add((count, text));
}

/// <summary>Keeps what a server announces, in order.</summary>
internal sealed class EventLog
{
    private readonly Lock _lock = new(); // guards _events
    private readonly List<ServerEvent> _events = [];

    public EventLog(ModelServer server) => server.OnEvent += Add;

    public EventLog()
    {
    }

    public void Add(ServerEvent happened)
    {
        lock (_lock)
        {
            _events.Add(happened);
        }
    }

    public IReadOnlyList<ServerEvent> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _events];
            }
        }
    }

    public IReadOnlyList<string> Kinds => [.. All.Select(happened => happened.Kind)];
}
