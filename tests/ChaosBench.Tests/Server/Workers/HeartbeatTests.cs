using System.IO.Pipes;
using System.Threading.Channels;
using ChaosBench.Server.Workers;

namespace ChaosBench.Tests.Server.Workers;

public class HeartbeatTests
{
    [Fact]
    public void Next_NoAnswer_AsksOnceAndIsSilentAfterTheMissedBeats()
    {
        var heart = new Heartbeat(missedBeats: 3);

        Assert.Equal([Beat.Ask, Beat.Wait, Beat.Wait], [heart.Next(), heart.Next(), heart.Next()]);
        Assert.True(heart.Responsive);
        Assert.Equal([Beat.Silent, Beat.Silent], [heart.Next(), heart.Next()]);
        Assert.False(heart.Responsive);
    }

    [Fact]
    public void Answered_LoopMoves_IsResponsiveAgainAndAskedAnew()
    {
        var heart = new Heartbeat(missedBeats: 1);
        heart.Next();
        heart.Next();

        heart.Answered(moves: true);

        Assert.True(heart.Responsive);
        Assert.Equal(Beat.Ask, heart.Next());
    }

    [Fact]
    public void Answered_LoopHangs_IsNotResponsiveThoughItAnswers()
    {
        var heart = new Heartbeat(missedBeats: 3);
        heart.Next();

        heart.Answered(moves: false);
        Assert.False(heart.Responsive);
        Assert.Equal(Beat.Ask, heart.Next());
        Assert.False(heart.Responsive);

        heart.Answered(moves: true);
        Assert.True(heart.Responsive);
    }

    /// <summary>The worker's process answers in both cases; what it says of its loop differs.</summary>
    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    public async Task Session_Ping_TellsWhetherTheLoopMoves(bool hangs, byte expected)
    {
        using var replica = new PipeEnds();
        var fake = new FakeReplica(0, new FakeModel(), Channel.CreateUnbounded<FakeCall>().Writer) { Silent = hangs };
        var session = Task.Run(() => new WorkerSession(fake, replica.Answers).Run(replica.Questions));
        using var asking = new FrameWriter(replica.ToWorker, "questions");
        using var reading = new FrameReader(replica.FromWorker);

        asking.Post(FrameKind.Ping);

        Assert.True(await Task.Run(reading.Read).WaitAsync(FakeModel.Patience));
        Assert.Equal((FrameKind.Pong, expected), (reading.Kind, reading.Payload[0]));
        asking.Dispose();
        await session.WaitAsync(FakeModel.Patience);
    }

    private sealed class PipeEnds : IDisposable
    {
        private readonly AnonymousPipeServerStream _down = new(PipeDirection.Out);
        private readonly AnonymousPipeServerStream _up = new(PipeDirection.In);

        public PipeEnds()
        {
            Questions = new FrameReader(new AnonymousPipeClientStream(PipeDirection.In, _down.ClientSafePipeHandle));
            Answers = new FrameWriter(new AnonymousPipeClientStream(PipeDirection.Out, _up.ClientSafePipeHandle), "answers");
        }

        public FrameReader Questions { get; }

        public FrameWriter Answers { get; }

        public Stream ToWorker => _down;

        public Stream FromWorker => _up;

        public void Dispose()
        {
            Answers.Dispose();
            Questions.Dispose();
            _down.Dispose();
            _up.Dispose();
        }
    }
}
