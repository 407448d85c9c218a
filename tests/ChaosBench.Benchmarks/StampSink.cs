using ChaosBench.Server;

namespace ChaosBench.Benchmarks;

/// <summary>Stamps every token, and the bytes that the replica's thread had allocated by then; allocates nothing itself.</summary>
internal sealed class StampSink(int most) : IGenerationSink
{
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;

    public long[] At { get; } = new long[most];

    public long[] Allocated { get; } = new long[most];

    public int Count => Volatile.Read(ref _count);

    public Task Begun => _begun.Task;

    public void Tokens(int count, string text)
    {
        for (; count > 0; count--)
        {
            At[_count] = Machine.Clock.GetTimestamp();
            Allocated[_count] = GC.GetAllocatedBytesForCurrentThread();
            Volatile.Write(ref _count, _count + 1);
        }

        _begun.TrySetResult();
    }
}
